import type { Children } from "@kitajs/html";
import { given } from "./given.ts";
import { Icon } from "./icon.tsx";

export interface Crumb {
  readonly label: string;
  readonly href: string;
}

/** The head of a page: where one is, the title, a line about it, and the one primary action (with lesser ones before it). */
export function PageHeader(props: {
  title: string;
  /** The way back up; the page itself is left out. */
  crumbs?: readonly Crumb[];
  lead?: string;
  /** Chips beside the title. */
  status?: Children;
  /** Buttons; the primary one last. */
  children?: Children;
}): JSX.Element {
  return (
    <header class="page-header">
      {props.crumbs === undefined || props.crumbs.length === 0 ? (
        ""
      ) : (
        <ol class="crumbs">
          {props.crumbs.map((crumb) => (
            <li>
              <a href={crumb.href} safe>
                {crumb.label}
              </a>
              <Icon name="chevron-right" />
            </li>
          ))}
        </ol>
      )}
      <div class="page-header-row">
        <div class="page-header-title">
          <h1 safe>{props.title}</h1>
          {props.status}
        </div>
        {!given(props.children) ? "" : <div class="page-header-actions">{props.children}</div>}
      </div>
      {props.lead === undefined ? (
        ""
      ) : (
        <p class="page-lead" safe>
          {props.lead}
        </p>
      )}
    </header>
  );
}
