import type { Children } from "@kitajs/html";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icons.ts";

/** A row of figures at the head of a page. */
export function Stats(props: { children: Children }): JSX.Element {
  return <div class="stats">{props.children}</div>;
}

/** One figure with its name and a line about it; a link where there is more to see. Format `value` first. */
export function Stat(props: {
  label: string;
  value: string;
  note?: string;
  icon?: IconName;
  href?: string;
  tone?: "warning" | "danger";
  /** A sparkline or a bar under the figure. */
  children?: Children;
}): JSX.Element {
  return (
    <div class={["stat", props.tone !== undefined && `stat-${props.tone}`]}>
      <p class="stat-label">
        {props.icon === undefined ? "" : <Icon name={props.icon} />}
        {props.href === undefined ? (
          <span safe>{props.label}</span>
        ) : (
          <a class="row-link" href={props.href} safe>
            {props.label}
          </a>
        )}
      </p>
      <p class="stat-value" safe>
        {props.value}
      </p>
      {props.note === undefined ? (
        ""
      ) : (
        <p class="stat-note" safe>
          {props.note}
        </p>
      )}
      {props.children}
    </div>
  );
}
