import type { Children } from "@kitajs/html";
import { given } from "./given.ts";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icons.ts";

/** Nothing here, and what to do about it: the action is a button or a link. */
export function EmptyState(props: {
  icon: IconName;
  title: string;
  hint: string;
  children?: Children;
}): JSX.Element {
  return (
    <div class="empty-state">
      <span class="empty-state-icon">
        <Icon name={props.icon} />
      </span>
      <h2 safe>{props.title}</h2>
      <p safe>{props.hint}</p>
      {!given(props.children) ? "" : <div class="empty-state-actions">{props.children}</div>}
    </div>
  );
}

/** Rows that are still on their way, at the height that they will have. */
export function Skeleton(props: { rows: number; label: string }): JSX.Element {
  return (
    <div class="skeleton-rows" role="status">
      <span class="sr-only" safe>
        {props.label}
      </span>
      {Array.from({ length: props.rows }, () => (
        <span class="skeleton" aria-hidden="true"></span>
      ))}
    </div>
  );
}
