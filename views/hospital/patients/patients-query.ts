import type { PatientListQuery } from "../../../server/hospital/patients/patients-list.ts";
import type { Messages } from "../../messages/en.ts";
import type { Option } from "../../ui/choices.tsx";

/** What the list of patients is narrowed to, as its address says. */
export type PatientFilters = Omit<PatientListQuery, "limit" | "total">;

/** The list's address with these filters. */
export function patientsHref(
  filters: PatientFilters,
  changes: Partial<PatientFilters> = {},
  path = "/patients",
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filters, ...changes }))
    if (value !== undefined && value !== "" && value !== false) query.set(name, String(value));
  return query.size === 0 ? path : `${path}?${query}`;
}

/** The sorts beside the newest first, which is the usual one. */
export function sortChoices(t: Messages): readonly Option[] {
  return [
    { value: "name", label: t.patients.sortName },
    { value: "mrn", label: t.patients.sortMrn },
    { value: "born", label: t.patients.sortBorn },
  ];
}
