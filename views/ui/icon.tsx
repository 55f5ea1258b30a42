import { type IconName, iconBodies } from "./icons.ts";

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

/** Icons as they were last drawn: a page holds dozens, the same few each time. */
const drawn = new Map<string, string>();

/** An icon beside a word; the word says what it means, so it is hidden from screen readers. */
export function Icon(props: { name: IconName; class?: string }): JSX.Element {
  const key = props.class === undefined ? props.name : `${props.name} ${props.class}`;
  const known = drawn.get(key);
  if (known !== undefined) return known;
  const flip = directional.has(props.name) ? " icon-directional" : "";
  const extra = props.class === undefined ? "" : ` ${props.class}`;
  const markup = (
    <svg class={`icon${flip}${extra}`} viewBox="0 0 24 24" aria-hidden="true">
      {iconBodies[props.name] as "safe"}
    </svg>
  );
  if (typeof markup === "string") drawn.set(key, markup);
  return markup;
}
