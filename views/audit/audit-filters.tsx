import type { Page } from "../page.ts";

export interface AuditFilterValues {
  readonly search?: string | undefined;
  readonly kind?: "look" | "change" | undefined;
  readonly person?: string | undefined;
  readonly event?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cursor?: string | undefined;
}

/** A further field of the filters over an audit. */
export function FilterField(props: {
  name: string;
  label: string;
  value: string | undefined;
  type?: "text" | "date";
}): JSX.Element {
  return (
    <label class="filters-select">
      <span safe>{props.label}</span>
      <input
        class="input"
        type={props.type ?? "text"}
        name={props.name}
        value={props.value ?? ""}
        autocomplete="off"
        dir={props.type === "date" ? undefined : "auto"}
      />
    </label>
  );
}

/** From the first day to the last. */
export function FilterDays({ page, filters }: { page: Page; filters: AuditFilterValues }): JSX.Element {
  const { audit } = page.t;
  return (
    <div class="filters-pair">
      <FilterField name="from" label={audit.from} type="date" value={filters.from} />
      <FilterField name="to" label={audit.to} type="date" value={filters.to} />
    </div>
  );
}

/** An address of an audit with these filters; a page of it where there is a cursor. */
export function auditHref(
  path: string,
  filters: AuditFilterValues & {
    readonly patient?: string | undefined;
    readonly hospital?: string | undefined;
  },
  cursor: string | undefined,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filters, cursor }))
    if (value !== undefined && value !== "") query.set(name, String(value));
  return query.size === 0 ? path : `${path}?${query}`;
}

export function isFiltered({ cursor: _, ...filters }: AuditFilterValues): boolean {
  return Object.values(filters).some((value) => value !== undefined && value !== "");
}
