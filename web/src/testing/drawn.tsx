/**
 * Which components React draws while something happens: what its developer tools show, by name, and
 * without anything being built into what is tested.
 */
import { Profiler, type ReactNode } from "react";

/** A node of React's tree. After a commit it is another object than before if React came by it. */
interface Fiber {
  readonly type: unknown;
  readonly flags: number;
  readonly alternate: Fiber | null;
  readonly child: Fiber | null;
  readonly sibling: Fiber | null;
  readonly stateNode: unknown;
}

const PERFORMED_WORK = 1;

let onCommit: (() => void) | null = null;

/** Around what is to be watched. */
export function Watched({ children }: { readonly children: ReactNode }) {
  return (
    <Profiler id="watched" onRender={() => onCommit?.()}>
      {children}
    </Profiler>
  );
}

/** The names of all that was drawn in `container` while `work` went on, each as often as it was. */
export async function drawnDuring(
  container: Element,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const names: string[] = [];
  onCommit = () => collect(rootOf(container), rootOf(container).alternate, names);
  try {
    await work();
  } finally {
    onCommit = null;
  }
  return names;
}

function rootOf(container: Element): Fiber {
  const key = Object.keys(container).find((name) => name.startsWith("__reactContainer$")) ?? "";
  const fiber = (container as unknown as Record<string, Fiber>)[key];
  return (fiber?.stateNode as { readonly current: Fiber }).current;
}

/** What React did not come by is the same object as before: there and below nothing was drawn. */
function collect(fiber: Fiber, before: Fiber | null, names: string[]): void {
  const name = nameOf(fiber.type);
  if (name !== null && (fiber.flags & PERFORMED_WORK) !== 0) names.push(name);
  if (fiber.child === before?.child) return;
  for (let child = fiber.child; child !== null; child = child.sibling) {
    collect(child, child.alternate, names);
  }
}

/** Of a function, or of one within `memo` or `forwardRef`. */
function nameOf(type: unknown): string | null {
  if (typeof type === "function") return type.name;
  if (typeof type !== "object" || type === null) return null;
  return nameOf((type as { type?: unknown }).type ?? (type as { render?: unknown }).render);
}
