/** An app of somebody's, which has talks with an agent in it: all of Tertulia in it comes from the package. */
import { createRoot } from "react-dom/client";
import { TertuliaProvider } from "tertulia-react";

import { AskUs } from "./ask-us";

const server = import.meta.env.VITE_TERTULIA_URL as string | undefined;

createRoot(document.getElementById("root")!).render(
  <TertuliaProvider baseUrl={server ?? "http://127.0.0.1:8321"}>
    <AskUs />
  </TertuliaProvider>,
);
