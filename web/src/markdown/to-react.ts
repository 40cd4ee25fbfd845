/**
 * React elements of a tree that has been made safe. It knows what markdown makes of a text, and no more of HTML.
 *
 * The rule it keeps: elements, texts and attributes as they stand in the tree; no style but a table's alignment.
 */
import type { Element, Parents, Properties, RootContent } from "hast";
import { type ComponentType, Fragment, type Key, type ReactNode } from "react";
import { jsx, jsxs } from "react/jsx-runtime";

/** What a component gets beside the element's own properties. */
export interface ExtraProps {
  readonly node?: Element;
}

type Props = Record<string, unknown>;

/** What is drawn in the place of an element, by its name. */
export type Components = ReadonlyMap<string, ComponentType<never>>;

export function toReact(tree: Parents, components: Components): ReactNode {
  return elementOf(Fragment, {}, childrenOf(tree, components));
}

/** Each has a key of its name and number, so that it stays the same one while others come after it. */
function childrenOf(parent: Parents, components: Components): readonly ReactNode[] {
  const counts = new Map<string, number>();
  const isGrid = parent.type === "element" && GRID.has(parent.tagName);
  return parent.children.flatMap((child: RootContent) => {
    if (child.type === "text") return isGrid && child.value.trim() === "" ? [] : [child.value];
    if (child.type !== "element") return [];
    const count = counts.get(child.tagName) ?? 0;
    counts.set(child.tagName, count + 1);
    return [drawn(child, components, `${child.tagName}-${count}`)];
  });
}

/** Between their parts there may be no text, and line breaks are. */
const GRID: ReadonlySet<string> = new Set(["table", "thead", "tbody", "tfoot", "tr"]);

function drawn(element: Element, components: Components, key: Key): ReactNode {
  const component = components.get(element.tagName);
  const props = propsOf(element);
  if (component !== undefined) props.node = element;
  const children = childrenOf(element, components);
  return elementOf(component ?? element.tagName, props, children, key);
}

function elementOf(
  type: string | ComponentType<never> | typeof Fragment,
  props: Props,
  children: readonly ReactNode[],
  key?: Key,
): ReactNode {
  const Type = type as ComponentType<Props>;
  if (children.length > 1) return jsxs(Type, { ...props, children }, key);
  return jsx(Type, children.length === 0 ? props : { ...props, children: children[0] }, key);
}

function propsOf({ tagName, properties }: Element): Props {
  const props: Props = {};
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name === "align" && (tagName === "td" || tagName === "th"))
      props.style = { textAlign: value };
    else props[attributeOf(name)] = valueOf(value);
  }
  return props;
}

/** The tree has all in one word; those of these two families React wants as they are written in HTML. */
function attributeOf(name: string): string {
  if (/^aria[A-Z]/.test(name)) return `aria-${name.slice(4).toLowerCase()}`;
  if (!/^data[A-Z]/.test(name)) return name;
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function valueOf(value: Properties[string]): unknown {
  return Array.isArray(value) ? value.join(" ") : value;
}
