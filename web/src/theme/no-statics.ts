/** What copies a component's static fields, for components that are classes: the page has none. See `vite.config.ts`. */
export default function hoistNonReactStatics<Target>(target: Target): Target {
  return target;
}
