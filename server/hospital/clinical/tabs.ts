import type { PageOf } from "../../paging.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { type Allergy, listAllergies } from "../allergies/allergies.ts";
import { type Condition, listConditions } from "../conditions/conditions.ts";
import { type Encounter, listEncounters } from "../encounters/encounters.ts";
import { type Immunization, listImmunizations } from "../immunizations/immunizations.ts";
import { listMedications, type Medication } from "../medications/medications.ts";
import {
  listObservations,
  type Observation,
  readVitals,
  type VitalSeries,
} from "../observations/observations.ts";
import { listProcedures, type Procedure } from "../procedures/procedures.ts";
import type { EntriesQuery } from "./of-patient.ts";

/** The rooms of a patient's record, in the order of their tabs; each is the last part of its address. */
export const clinicalTabs = [
  "visits",
  "problems",
  "results",
  "medications",
  "allergies",
  "immunizations",
  "procedures",
] as const;

export type ClinicalTab = (typeof clinicalTabs)[number];

/** What the audit calls the part of the record that a tab shows: the name of its table. */
export const partOfTab: Readonly<Record<ClinicalTab, string>> = {
  visits: "encounters",
  problems: "conditions",
  results: "observations",
  medications: "medications",
  allergies: "allergies",
  immunizations: "immunizations",
  procedures: "procedures",
};

/** What one tab shows: a page of entries; results come with the vital signs over time on their first page. */
export type ClinicalEntries =
  | { readonly tab: "visits"; readonly entries: PageOf<Encounter> }
  | { readonly tab: "problems"; readonly entries: PageOf<Condition> }
  | {
      readonly tab: "results";
      readonly entries: PageOf<Observation>;
      readonly vitals: readonly VitalSeries[];
    }
  | { readonly tab: "medications"; readonly entries: PageOf<Medication> }
  | { readonly tab: "allergies"; readonly entries: PageOf<Allergy> }
  | { readonly tab: "immunizations"; readonly entries: PageOf<Immunization> }
  | { readonly tab: "procedures"; readonly entries: PageOf<Procedure> };

export function isClinicalTab(name: string): name is ClinicalTab {
  return (clinicalTabs as readonly string[]).includes(name);
}

const resultsAPage = 50;

/**
 * One tab of a patient's record.
 * @throws AppError forbidden (403), not-found (404), invalid (422) for a cursor of another list.
 */
// open: each of the rules that it calls authorizes
export async function readClinicalTab(
  context: HospitalContext,
  patientId: string,
  tab: ClinicalTab,
  query: EntriesQuery = {},
): Promise<ClinicalEntries> {
  switch (tab) {
    case "visits":
      return { tab, entries: await listEncounters(context, patientId, query) };
    case "problems":
      return { tab, entries: await listConditions(context, patientId, query) };
    case "results":
      return {
        tab,
        entries: await listObservations(context, patientId, { limit: resultsAPage, ...query }),
        vitals: query.cursor === undefined ? await readVitals(context, patientId) : [],
      };
    case "medications":
      return { tab, entries: await listMedications(context, patientId, query) };
    case "allergies":
      return { tab, entries: await listAllergies(context, patientId, query) };
    case "immunizations":
      return { tab, entries: await listImmunizations(context, patientId, query) };
    case "procedures":
      return { tab, entries: await listProcedures(context, patientId, query) };
  }
}
