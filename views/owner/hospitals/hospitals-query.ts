import type { TenantQuery, TenantSort } from "../../../server/owner/tenants/tenants-list.ts";

/** What the list of hospitals is narrowed to, as its address says. */
export type HospitalFilters = Omit<TenantQuery, "limit">;

/** The list's address with these filters. */
export function hospitalsHref(filters: HospitalFilters, changes: Partial<HospitalFilters> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filters, ...changes }))
    if (value !== undefined && value !== "" && value !== false) query.set(name, String(value));
  return query.size === 0 ? "/hospitals" : `/hospitals?${query}`;
}

/** Where a click on a column's head leads, and how the list is sorted by it now. */
export function sortOf(filters: HospitalFilters, sort: TenantSort) {
  const current = (filters.sort ?? "name") === sort;
  const descending = current && filters.descending === true;
  const next = { sort, descending: current && !descending, cursor: undefined };
  const direction = descending ? ("descending" as const) : ("ascending" as const);
  return { href: hospitalsHref(filters, next), direction: current ? direction : null };
}
