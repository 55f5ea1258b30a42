import { formatNumber } from "../format.ts";
import type { Page } from "../page.ts";

export interface Tab {
  readonly href: string;
  readonly label: string;
  readonly current: boolean;
  readonly count?: number;
}

/** The rooms of one subject, each a page with an address of its own. */
export function Tabs(props: { page: Pick<Page, "lang">; label: string; tabs: readonly Tab[] }): JSX.Element {
  return (
    <nav class="tab-links" aria-label={props.label}>
      {props.tabs.map((tab) => (
        <a href={tab.href} aria-current={tab.current ? "page" : undefined}>
          <span safe>{tab.label}</span>
          {tab.count === undefined ? (
            ""
          ) : (
            <span class="tab-count" safe>
              {formatNumber(props.page, tab.count)}
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}
