/** The page as a whole: its look, its voices, what happens when it breaks, and where one is. */
import { useEffect } from "react";
import { ErrorBoundary } from "react-error-boundary";

import { LiveRegions } from "@/components/live-regions";
import { TipLayer } from "@/components/tip-layer";
import { usePreference } from "@/components/use-preference";
import { Look } from "@/theme/look";

import { BrokenPage } from "./broken-page";
import { Routes } from "./routes";

export function App() {
  useDensity();
  return (
    <Look>
      <LiveRegions />
      <TipLayer />
      <ErrorBoundary FallbackComponent={BrokenPage}>
        <Routes />
      </ErrorBoundary>
    </Look>
  );
}

/** The theme spaces things by it: see `html[data-density]` there. */
function useDensity(): void {
  const density = usePreference("density");
  useEffect(() => {
    document.documentElement.dataset.density = density;
  }, [density]);
}
