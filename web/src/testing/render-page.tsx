/** Draws a part of the page with what all of it stands in: cache, look, address, notices. */
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";

import { createQueryClient } from "@/api/query-client";
import { LiveRegions } from "@/components/live-regions";
import { Look } from "@/theme/look";

export function renderPage(page: ReactNode, path = "/") {
  history.replaceState(null, "", path);
  const client = createQueryClient();
  const user = userEvent.setup();
  const view = render(
    <QueryClientProvider client={client}>
      <Look>
        <LiveRegions />
        {page}
      </Look>
    </QueryClientProvider>,
  );
  return { ...view, client, user };
}
