import { act, screen, waitFor } from "@testing-library/react";
import { Suspense, useState } from "react";
import { expect, it, vi } from "vitest";

import { polite } from "@/testing/talk";
import { renderPage } from "@/testing/render-page";

import { announce } from "./announcer";
import { late } from "./late";

/** What is fetched, and whether it comes. */
function fetched() {
  const line = { isDown: true, asked: 0 };
  const load = () => {
    line.asked += 1;
    if (line.isDown) return Promise.reject(new TypeError("Failed to fetch"));
    return Promise.resolve(
      ({ words }: { readonly words: string; readonly onClose?: () => void }) => <p>{words}</p>,
    );
  };
  return { line, load };
}

it("a part that does not come is said and closed, leaves all else standing, and comes when asked for again", async () => {
  const { line, load } = fetched();
  const Dialog = late(load);
  function Page() {
    const [isOpen, setOpen] = useState(false);
    return (
      <>
        <p>All else</p>
        <button onClick={() => setOpen(true)}>Open</button>
        {isOpen && (
          <Suspense>
            <Dialog words="Opened" onClose={() => setOpen(false)} />
          </Suspense>
        )}
      </>
    );
  }
  const { user } = renderPage(<Page />);
  await user.click(screen.getByRole("button", { name: "Open" }));
  await waitFor(() => expect(polite()).toHaveTextContent("could not be loaded"));
  expect(screen.getByText("All else")).toBeVisible();
  line.isDown = false;
  await user.click(screen.getByRole("button", { name: "Open" }));
  expect(await screen.findByText("Opened")).toBeVisible();
  expect(line.asked).toBe(2);
});

it("a part that stands in the page can be asked for where it is missing", async () => {
  const { line, load } = fetched();
  const Part = late(load);
  function Page() {
    const [drawn, setDrawn] = useState(1);
    return (
      <>
        <button onClick={() => setDrawn(drawn + 1)}>Draw again</button>
        <Suspense>
          <Part words={`Drawn ${drawn} times`} />
        </Suspense>
      </>
    );
  }
  const { user } = renderPage(<Page />);
  const retry = await screen.findByRole("button", { name: "Retry" });
  await user.click(screen.getByRole("button", { name: "Draw again" }));
  expect(line.asked).toBe(1);
  line.isDown = false;
  await user.click(retry);
  expect(await screen.findByText("Drawn 2 times")).toBeVisible();
});

it("a part that nobody asked for is missing in silence", async () => {
  const { line, load } = fetched();
  const Part = late(load, { isQuiet: true });
  act(() => announce("Nothing new"));
  renderPage(
    <Suspense fallback="On its way">
      <Part words="Here" />
    </Suspense>,
  );
  await waitFor(() => expect(screen.queryByText("On its way")).toBeNull());
  expect(polite()).toHaveTextContent("Nothing new");
  expect(screen.queryByRole("button")).toBeNull();
  expect(line.asked).toBe(1);
});

it("is fetched ahead without a word about what does not come", async () => {
  const load = vi.fn(() => Promise.reject(new TypeError("Failed to fetch")));
  const Part = late(load);
  await act(() => {
    Part.soon();
    return Promise.resolve();
  });
  expect(load).toHaveBeenCalledOnce();
});
