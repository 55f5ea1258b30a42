import type { Medication } from "../../../server/hospital/medications/medications.ts";
import type { Place } from "../../format.ts";
import type { Column } from "../../ui/data-table.tsx";
import { EntryState } from "./entry-state.tsx";
import { plainName } from "./names.ts";
import { whenColumn } from "./tables.tsx";
import { formatMeasure } from "./units.ts";

/** How to take a medicine: the words it came with, or else its dose and times put into words. */
export function dosageText(page: Place, medication: Medication): string {
  const { t } = page;
  if (medication.dosageText !== null) return medication.dosageText;
  const { doseNumber, doseUnit, frequency, period, periodUnit } = medication;
  const parts: string[] = [];
  if (doseNumber !== null) parts.push([formatMeasure(page, doseNumber), doseUnit].filter(Boolean).join(" "));
  const periods: Readonly<Record<string, string>> = t.clinical.periods;
  if (frequency !== null && period !== null && periodUnit !== null)
    parts.push(
      t.clinical.times(
        formatMeasure(page, frequency),
        formatMeasure(page, period),
        periods[periodUnit] ?? periodUnit,
      ),
    );
  if (medication.asNeeded === true) parts.push(t.clinical.asNeeded);
  if (medication.route !== null) parts.push(medication.route);
  return parts.join(", ");
}

export const medicationColumns = (page: Place): readonly Column<Medication>[] => [
  { key: "medicine", header: page.t.clinical.medicine, card: "title", text: (row) => row.display },
  { key: "dose", header: page.t.clinical.dose, text: (row) => dosageText(page, row) },
  whenColumn(page),
  { key: "reason", header: page.t.clinical.reason, minor: true, text: (row) => plainName(row.reasonDisplay) },
  {
    key: "prescriber",
    header: page.t.clinical.prescriber,
    minor: true,
    text: (row) => (row.kind === "statement" ? page.t.clinical.stated : (row.prescriberName ?? "")),
  },
  {
    key: "status",
    header: page.t.clinical.status,
    card: "status",
    cell: (row) => <EntryState page={page} state={row.status} />,
  },
];
