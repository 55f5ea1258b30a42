import type { Allergy } from "../../../server/hospital/allergies/allergies.ts";
import type { Condition } from "../../../server/hospital/conditions/conditions.ts";
import type { Encounter } from "../../../server/hospital/encounters/encounters.ts";
import type { Immunization } from "../../../server/hospital/immunizations/immunizations.ts";
import type { Procedure } from "../../../server/hospital/procedures/procedures.ts";
import { dateInZone, formatClock, type Place } from "../../format.ts";
import { Chip } from "../../ui/chip.tsx";
import type { Column } from "../../ui/data-table.tsx";
import { EntryState } from "./entry-state.tsx";
import { plainName } from "./names.ts";
import { type Precision, When } from "./when.tsx";

interface Timed {
  readonly at: Date | null;
  readonly atPrecision: Precision | null;
}

interface Ended {
  readonly endedAt: Date | null;
  readonly endedPrecision: Precision | null;
}

export const whenColumn = <Row extends Timed>(page: Place): Column<Row> => ({
  key: "at",
  header: page.t.clinical.when,
  cell: (row) => <When page={page} at={row.at} precision={row.atPrecision} />,
});

/** The end of something; on the day that it began, its time is enough. */
const untilColumn = <Row extends Timed & Ended>(page: Place): Column<Row> => ({
  key: "until",
  header: page.t.clinical.until,
  minor: true,
  cell: (row) => <Until page={page} row={row} />,
});

function Until(props: { page: Place; row: Timed & Ended }): JSX.Element {
  const { page, row } = props;
  if (row.endedAt === null) return "";
  const sameDay = row.at !== null && dateInZone(page.zone, row.at) === dateInZone(page.zone, row.endedAt);
  if (!sameDay || row.endedPrecision !== "instant")
    return <When page={page} at={row.endedAt} precision={row.endedPrecision} />;
  return (
    <time datetime={row.endedAt.toISOString()} safe>
      {formatClock(page, row.endedAt)}
    </time>
  );
}

/** A visit's class in words: outpatient, inpatient, emergency. */
function className(page: Place, code: string): string {
  const names: Readonly<Record<string, string>> = page.t.clinical.classes;
  return names[code] ?? code;
}

export const visitColumns = (page: Place): readonly Column<Encounter>[] => [
  { key: "visit", header: page.t.clinical.visit, card: "title", text: (row) => plainName(row.display) },
  whenColumn(page),
  untilColumn(page),
  { key: "class", header: page.t.clinical.kind, text: (row) => className(page, row.classCode) },
  { key: "reason", header: page.t.clinical.reason, text: (row) => plainName(row.reasonDisplay) },
  { key: "provider", header: page.t.clinical.provider, minor: true, text: (row) => row.providerName ?? "" },
  { key: "facility", header: page.t.clinical.facility, minor: true, text: (row) => row.facilityName ?? "" },
  {
    key: "status",
    header: page.t.clinical.status,
    card: "status",
    cell: (row) => <EntryState page={page} state={row.status} />,
  },
];

export const problemColumns = (page: Place): readonly Column<Condition>[] => [
  { key: "problem", header: page.t.clinical.problem, card: "title", text: (row) => plainName(row.display) },
  whenColumn(page),
  untilColumn(page),
  { key: "severity", header: page.t.clinical.severity, minor: true, text: (row) => row.severity ?? "" },
  {
    key: "verification",
    header: page.t.clinical.verification,
    minor: true,
    text: (row) => (row.verificationStatus === null ? "" : page.t.clinical.states[row.verificationStatus]),
  },
  {
    key: "status",
    header: page.t.clinical.status,
    card: "status",
    cell: (row) => <EntryState page={page} state={row.clinicalStatus} />,
  },
];

export const allergyColumns = (page: Place): readonly Column<Allergy>[] => [
  {
    key: "substance",
    header: page.t.clinical.substance,
    card: "title",
    text: (row) => plainName(row.display),
  },
  { key: "reactions", header: page.t.clinical.reactions, text: (row) => row.reactions ?? "" },
  {
    key: "severity",
    header: page.t.clinical.severity,
    text: (row) => (row.reactionSeverity === null ? "" : page.t.clinical.severities[row.reactionSeverity]),
  },
  {
    key: "danger",
    header: page.t.clinical.danger,
    cell: (row) =>
      row.criticality === null ? (
        ""
      ) : (
        <Chip
          tone={row.criticality === "high" ? "danger" : "neutral"}
          label={page.t.clinical.criticality[row.criticality]}
        />
      ),
  },
  whenColumn(page),
  {
    key: "status",
    header: page.t.clinical.status,
    card: "status",
    cell: (row) => (
      <EntryState
        page={page}
        state={row.verificationStatus === "entered-in-error" ? row.verificationStatus : row.clinicalStatus}
      />
    ),
  },
];

export const immunizationColumns = (page: Place): readonly Column<Immunization>[] => [
  { key: "vaccine", header: page.t.clinical.vaccine, card: "title", text: (row) => plainName(row.display) },
  whenColumn(page),
  { key: "dose", header: page.t.clinical.dose, minor: true, text: (row) => row.seriesDose ?? "" },
  { key: "lot", header: page.t.clinical.lot, minor: true, text: (row) => row.lotNumber ?? "" },
  {
    key: "status",
    header: page.t.clinical.status,
    card: "status",
    cell: (row) => <EntryState page={page} state={row.status} />,
  },
];

export const procedureColumns = (page: Place): readonly Column<Procedure>[] => [
  {
    key: "procedure",
    header: page.t.clinical.procedure,
    card: "title",
    text: (row) => plainName(row.display),
  },
  whenColumn(page),
  untilColumn(page),
  { key: "reason", header: page.t.clinical.reason, text: (row) => plainName(row.reasonDisplay) },
  { key: "outcome", header: page.t.clinical.outcome, minor: true, text: (row) => row.outcome ?? "" },
  {
    key: "status",
    header: page.t.clinical.status,
    card: "status",
    cell: (row) => <EntryState page={page} state={row.status} />,
  },
];
