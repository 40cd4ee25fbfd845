/**
 * What follows from signing in and out, in this browser.
 *
 * The rule it keeps: what one person has written here is never sent by, or shown to, another.
 */
import { useQueryClient } from "@tanstack/react-query";

import { signOut } from "@/api/account-client";
import { tell } from "@/api/line";
import type { User } from "@/api/types";
import { paths } from "@/components/paths";
import { forgetLooks } from "@/storage/looks";
import { eraseRecords } from "@/storage/record-store";

const LAST = "tertulia-user";

/** Go on where one was: all that is shown is asked for anew, and what waits is sent. */
export function useSignedIn() {
  const client = useQueryClient();
  return async ({ user_id: userId }: User): Promise<void> => {
    const last = localStorage.getItem(LAST);
    if (last !== null && last !== userId) await forget();
    localStorage.setItem(LAST, userId);
    if (last !== null && last !== userId) {
      location.assign(paths.home);
      return;
    }
    tell("back");
    void client.invalidateQueries();
  };
}

export async function leave(): Promise<void> {
  await signOut();
  await forget();
  location.assign(paths.home);
}

async function forget(): Promise<void> {
  await eraseRecords();
  forgetLooks();
  sessionStorage.clear();
  localStorage.removeItem(LAST);
}
