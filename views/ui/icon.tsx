import type { IconName } from "./icons.ts";

/** Icons that point along the reading direction, and so are mirrored in right-to-left text. */
const directional: ReadonlySet<IconName> = new Set([
  "arrow-left",
  "arrow-right",
  "chevron-left",
  "chevron-right",
  "external-link",
  "list-checks",
  "log-in",
  "log-out",
  "undo-2",
]);

/**
 * An icon beside a word; the word says what it means. The drawing is the stylesheet's, and an element that holds
 * nothing says nothing to a screen reader.
 */
export function Icon(props: { name: IconName; class?: string }): JSX.Element {
  const flip = directional.has(props.name) ? " icon-directional" : "";
  const extra = props.class === undefined ? "" : ` ${props.class}`;
  return <i class={`icon i-${props.name}${flip}${extra}`}></i>;
}
