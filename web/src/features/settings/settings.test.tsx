import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { prefer, preferences } from "@/storage/preferences";
import { violations } from "@/testing/axe";
import { serve } from "@/testing/fake-server";
import { renderPage } from "@/testing/render-page";

import { AboutPage } from "./about-page";
import { AppearancePage } from "./appearance-page";
import { ConnectDialog } from "./connect-dialog";
import { GeneralPage } from "./general-page";
import { ModelsPage } from "./models-page";
import { SettingsNav } from "./settings-nav";
import { ShortcutsDialog } from "./shortcuts-dialog";

const nothing = () => undefined;

it("changes the colours at once and keeps the choice", async () => {
  const { user } = renderPage(<AppearancePage />);
  await user.click(screen.getByRole("button", { name: "Dark" }));
  expect(document.documentElement).toHaveAttribute("data-color-scheme", "dark");
  expect(document.documentElement.style.colorScheme).toBe("dark");
  expect(localStorage.getItem("tertulia-mode")).toBe("dark");
  await user.click(screen.getByRole("button", { name: "Light" }));
  expect(document.documentElement).toHaveAttribute("data-color-scheme", "light");
});

it("keeps the meaning of Enter", async () => {
  const { user } = renderPage(<GeneralPage onShowShortcuts={nothing} />);
  await user.click(screen.getByRole("switch", { name: "Enter sends the message" }));
  expect(preferences().enterSends).toBe(false);
  act(() => prefer({ enterSends: true }));
  expect(screen.getByRole("switch", { name: "Enter sends the message" })).toBeChecked();
});

const chosen = (group: string) =>
  within(screen.getByRole("group", { name: group })).getByRole("button", { pressed: true });

it("keeps how the page looks, and shows it in a piece of a talk", async () => {
  const { user } = renderPage(<AppearancePage />);
  const code = await screen.findByRole("figure", { name: "python" });
  const said = screen.getByRole("group", { name: "You" });
  expect(code).not.toHaveAttribute("data-color-scheme");
  const inBubble = getComputedStyle(said).backgroundColor;
  for (const name of ["Compact", "Full", "Flat", "High contrast"])
    await user.click(screen.getByRole("button", { name }));
  expect(preferences()).toMatchObject({
    density: "compact",
    chatWidth: "full",
    messages: "flat",
    codeTheme: "contrast",
  });
  expect(code).toHaveAttribute("data-color-scheme", "dark");
  expect(code).toHaveAttribute("data-code", "contrast");
  expect(getComputedStyle(said).backgroundColor).not.toBe(inBubble);
  act(() =>
    prefer({
      density: "comfortable",
      chatWidth: "narrow",
      messages: "bubbles",
      codeTheme: "page",
    }),
  );
  expect(chosen("Density")).toHaveTextContent("Comfortable");
  expect(chosen("Width of talks")).toHaveTextContent("Narrow");
  expect(chosen("Your messages")).toHaveTextContent("Bubbles");
  expect(chosen("Colours of code")).toHaveTextContent("As the page");
});

it("shows every model server with its state and its models", async () => {
  serve();
  renderPage(<ModelsPage />);
  const vllm = within(await screen.findByRole("region", { name: "vllm" }));
  expect(vllm.getByText("No answer")).toBeVisible();
  expect(vllm.getByText("Connection refused.")).toBeVisible();
  const ollama = within(screen.getByRole("region", { name: "ollama" }));
  expect(ollama.getByText("Ready")).toBeVisible();
  expect(ollama.getByText("llama3.2")).toBeVisible();
  expect(screen.getByText(/A script, not an AI/)).toBeVisible();
});

it("gives the exact command that connects a model", async () => {
  renderPage(<ConnectDialog open onClose={nothing} />);
  const command = "tertulia serve --model-server http://127.0.0.1:11434/v1";
  expect(await screen.findByText(command)).toBeVisible();
});

it("copies a command", async () => {
  const { user } = renderPage(<ConnectDialog open onClose={nothing} />);
  const [first] = screen.getAllByRole("button", { name: "Copy" });
  await user.click(first!);
  expect(await navigator.clipboard.readText()).toMatch(/^tertulia serve --model-server/);
});

it("tells which version this is", async () => {
  serve();
  renderPage(<AboutPage />);
  expect(await screen.findByText("0.1.0")).toBeVisible();
  expect(screen.getByText("abc1234")).toBeVisible();
});

it("lists the shortcuts with the keys as they are set, and closes with Escape", async () => {
  const onClose = vi.fn();
  const { user } = renderPage(<ShortcutsDialog open onClose={onClose} />);
  const keysOf = (name: string) => screen.getByText(name).nextElementSibling;
  expect(keysOf("New session")).toHaveTextContent("CtrlShiftO");
  expect(keysOf("Send")).toHaveTextContent("Enter");
  act(() => prefer({ enterSends: false }));
  expect(keysOf("Send")).toHaveTextContent("ShiftEnter");
  act(() => prefer({ enterSends: true }));
  await user.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalledOnce();
});

it("marks the page that one is on", () => {
  serve();
  renderPage(<SettingsNav section="/settings/models" />);
  const nav = within(screen.getByRole("navigation", { name: "Settings" }));
  expect(nav.getByRole("link", { name: "Models" })).toHaveAttribute("aria-current", "page");
  expect(nav.getByRole("link", { name: "Agents" })).toHaveAttribute("href", "/settings/agents");
});

it.each([
  ["the general page", <GeneralPage key="g" onShowShortcuts={nothing} />],
  ["the look", <AppearancePage key="l" />],
  ["the models page", <ModelsPage key="m" />],
  ["the about page", <AboutPage key="a" />],
  ["the shortcuts", <ShortcutsDialog key="s" open onClose={nothing} />],
  ["the navigation", <SettingsNav key="n" section="/settings" />],
])("has nothing in %s that axe objects to", async (_, page) => {
  serve();
  renderPage(<main>{page}</main>);
  await waitFor(() => expect(screen.queryByText("Loading…")).toBeNull());
  expect(await violations()).toEqual([]);
});
