/**
 * Asks who one is when the server does not know: over the page that one is on, or, when nothing of it
 * has come yet, in its place.
 *
 * The rule it keeps: nothing that was written is lost by it; what stands below stays as it is.
 */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";

import { hear } from "@/api/line";

const SignInPage = lazy(async () => ({
  default: (await import("@/features/account/sign-in-page")).SignInPage,
}));
const SignInDialog = lazy(async () => ({
  default: (await import("@/features/account/sign-in-dialog")).SignInDialog,
}));

export function SignInGate({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<"no" | "over" | "instead">("no");
  useEffect(
    () =>
      hear("refused", () =>
        setAsked((now) => (now === "no" ? (hasAnything(client) ? "over" : "instead") : now)),
      ),
    [client],
  );
  const done = () => setAsked("no");
  return (
    <>
      {asked !== "instead" && children}
      {asked !== "no" && (
        <Suspense>
          {asked === "over" ? <SignInDialog onDone={done} /> : <SignInPage onDone={done} />}
        </Suspense>
      )}
    </>
  );
}

const hasAnything = (client: QueryClient) =>
  client
    .getQueryCache()
    .getAll()
    .some((query) => query.state.data !== undefined);
