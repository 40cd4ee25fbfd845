/**
 * A Vite plugin that makes `manifest.webmanifest`, by which browsers install the page as an app: its colours are the
 * theme's, its words the page's. The icons are made by `scripts/app_icons.py`.
 */
import type { HtmlTagDescriptor, Plugin } from "vite";

import { shell } from "../src/i18n/en/shell.ts";
import { LIGHT } from "../src/theme/palette.ts";

const PATH = "/manifest.webmanifest";

const icon = (name: string, size: number, purpose: "any" | "maskable") => ({
  src: `/icons/${name}-${size}.png`,
  sizes: `${size}x${size}`,
  type: "image/png",
  purpose,
});

const MANIFEST = {
  id: "/",
  name: "Tertulia",
  short_name: "Tertulia",
  description: "Talks with AI agents",
  start_url: "/",
  scope: "/",
  display: "standalone",
  background_color: LIGHT.canvas,
  theme_color: LIGHT.canvas,
  icons: [icon("app", 192, "any"), icon("app", 512, "any"), icon("maskable", 512, "maskable")],
  // `/` is a new session with whom one has spoken last.
  shortcuts: [{ name: shell["sessions.new"], url: "/", icons: [icon("app", 192, "any")] }],
};

const link = (rel: string, href: string): HtmlTagDescriptor => ({
  tag: "link",
  attrs: { rel, href },
  injectTo: "head",
});

export function appManifest(): Plugin {
  const source = `${JSON.stringify(MANIFEST, null, 2)}\n`;
  return {
    name: "tertulia:app-manifest",
    transformIndexHtml: () => [
      link("manifest", PATH),
      link("apple-touch-icon", "/icons/apple-touch-180.png"),
    ],
    generateBundle() {
      this.emitFile({ type: "asset", fileName: PATH.slice(1), source });
    },
    configureServer({ middlewares }) {
      middlewares.use(PATH, (_, response) => {
        response.setHeader("content-type", "application/manifest+json").end(source);
      });
    },
  };
}
