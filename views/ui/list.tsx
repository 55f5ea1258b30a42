import type { Children } from "@kitajs/html";
import { formatNumber } from "../format.ts";
import type { Page } from "../page.ts";
import { Button, LinkButton } from "./button.tsx";
import type { Option } from "./choices.tsx";
import { given } from "./given.ts";
import { Icon } from "./icon.tsx";

/** The id of the part of a list page that a filter replaces. */
export const listRegionId = "list";

/** What a filter, a sort or a page turn replaces: table, empty state and paging. */
export function ListRegion(props: { children: Children }): JSX.Element {
  return (
    <section id={listRegionId} class="list-region">
      {props.children}
    </section>
  );
}

export interface SelectFilter {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** The words for no filter; "All" by default. */
  readonly allLabel?: string;
  readonly options: readonly Option[];
}

export interface FiltersProps {
  readonly page: Pick<Page, "t">;
  /** The list's own address. */
  readonly action: string;
  readonly search?: { readonly name?: string; readonly value: string; readonly label: string };
  readonly selects?: readonly SelectFilter[];
  /** Sort and the like, carried along. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** Whether anything is filtered now: shows "Clear filters". */
  readonly active: boolean;
  /** Further fields, after the selects. */
  readonly fields?: Children;
  /** Acts on the list (export), at the end. */
  readonly children?: Children;
}

/** Search and filters over a list: a GET form that works by itself; with script the list follows the typing. */
export function Filters(props: FiltersProps): JSX.Element {
  const { page, search } = props;
  return (
    <search>
      <form
        class="filters"
        method="get"
        action={props.action}
        hx-get={props.action}
        hx-trigger="submit, input delay:250ms"
        hx-target={`#${listRegionId}`}
        hx-select={`#${listRegionId}`}
        hx-swap="outerMorph"
        hx-replace-url="true"
        hx-sync="this:replace"
      >
        {search === undefined ? (
          ""
        ) : (
          <div class="filters-search">
            <Icon name="search" />
            <input
              class="input"
              type="search"
              name={search.name ?? "search"}
              value={search.value}
              aria-label={search.label}
              placeholder={search.label}
              autocomplete="off"
              spellcheck="false"
              dir="auto"
              data-list-search
            />
          </div>
        )}
        {(props.selects ?? []).map((select) => (
          <label class="filters-select">
            <span safe>{select.label}</span>
            <select class="select" name={select.name}>
              <option value="" selected={select.value === ""} safe>
                {select.allLabel ?? page.t.table.all}
              </option>
              {select.options.map((option) => (
                <option value={option.value} selected={option.value === select.value} safe>
                  {option.label}
                </option>
              ))}
            </select>
          </label>
        ))}
        {props.fields}
        {Object.entries(props.hidden ?? {}).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <noscript>
          <Button label={page.t.actions.apply} />
        </noscript>
        {props.active ? (
          <LinkButton href={props.action} label={page.t.actions.clearFilters} look="ghost" icon="x" />
        ) : (
          ""
        )}
        {!given(props.children) ? "" : <div class="filters-end">{props.children}</div>}
      </form>
    </search>
  );
}

export interface PagingProps {
  readonly page: Pick<Page, "t" | "lang">;
  readonly shown: number;
  /** Rows in all, where it is known. */
  readonly total?: number;
  readonly firstHref: string | null;
  readonly nextHref: string | null;
}

/** How many rows stand here, and the way to the next ones (and back to the first). */
export function Paging(props: PagingProps): JSX.Element {
  const { page } = props;
  const shown = formatNumber(page, props.shown);
  const words =
    props.total === undefined
      ? page.t.table.shown(props.shown)
      : page.t.table.ofTotal(shown, formatNumber(page, props.total));
  return (
    <nav class="paging" aria-label={page.t.table.paging}>
      <span class="paging-count" role="status" safe>
        {words}
      </span>
      {props.firstHref === null ? (
        ""
      ) : (
        <LinkButton href={props.firstHref} label={page.t.table.firstPage} size="small" look="ghost" />
      )}
      {props.nextHref === null ? (
        ""
      ) : (
        <LinkButton href={props.nextHref} label={page.t.table.nextPage} size="small" />
      )}
    </nav>
  );
}
