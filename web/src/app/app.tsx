/** The page as a whole: its look, its voices, what happens when it breaks, and where one is. */
import { lazy, Suspense, useLayoutEffect } from "react";
import { ErrorBoundary } from "react-error-boundary";
import { useRoute } from "wouter";

import { LiveRegions } from "@/components/live-regions";
import { paths } from "@/components/paths";
import { LazyTipLayer } from "@/components/lazy-tip-layer";
import { usePreference } from "@/components/use-preference";
import { Look } from "@/theme/look";
import { CHAT_PX } from "@/theme/theme";

import { BrokenPage } from "./broken-page";
import { Routes } from "./routes";
import { SignInGate } from "./sign-in-gate";

/** Whoever reads by a link sees what it shows, and nothing of the app around it. */
const SharedPage = lazy(async () => ({
  default: (await import("@/features/shares/shared-page")).SharedPage,
}));

const SetUpPage = lazy(async () => ({
  default: (await import("@/features/account/set-up-page")).SetUpPage,
}));

export function App() {
  const [isSetUp] = useRoute(paths.setUp);
  const [isShared, params] = useRoute(paths.shared);
  useProportions();
  return (
    <Look>
      <LiveRegions />
      <LazyTipLayer />
      <ErrorBoundary FallbackComponent={BrokenPage}>
        {isSetUp ? (
          <Suspense>
            <SetUpPage />
          </Suspense>
        ) : isShared ? (
          <Suspense>
            <SharedPage token={params.token} />
          </Suspense>
        ) : (
          <SignInGate>
            <Routes />
          </SignInGate>
        )}
      </ErrorBoundary>
    </Look>
  );
}

/** What is preferred of them is there before anything is painted. See `html[data-density]` in the theme, and `CHAT_WIDTH`. */
function useProportions(): void {
  const density = usePreference("density");
  const px = CHAT_PX[usePreference("chatWidth")];
  useLayoutEffect(() => {
    const { dataset, style } = document.documentElement;
    dataset.density = density;
    style.setProperty("--t-chat", px === Infinity ? "none" : `${px}px`);
  }, [density, px]);
}
