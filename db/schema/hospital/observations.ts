import { index, integer, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { coded, happened, imported, measured, referenced } from "../clinical-columns.ts";
import { history, id, instant } from "../columns.ts";
import { encounters } from "./encounters.ts";
import { patients } from "./patients.ts";

export const observationStatuses = [
  "registered",
  "preliminary",
  "final",
  "amended",
  "corrected",
  "cancelled",
  "entered-in-error",
  "unknown",
] as const;

/** Something measured, tested or asked: a vital sign, a result, an answer. `at` is when it held; parts are rows of their own. */
export const observations = pgTable(
  "observations",
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    encounterId: uuid().references(() => encounters.id),
    status: text({ enum: observationStatuses }).notNull(),
    /** `vital-signs`, `laboratory`, `survey`, `social-history`, `exam`, `imaging`, `procedure`, `activity`, `therapy`. */
    category: text(),
    ...coded(),
    ...happened(),
    /** When the result was made available. */
    issuedAt: instant(),
    ...measured(),
    ...referenced(),
    note: text(),
    ...imported(),
    ...history(),
  },
  (table) => [
    uniqueIndex("observations_import").on(table.importSource, table.importId),
    index("observations_of_patient").on(table.patientId, table.at.desc().nullsLast(), table.id.desc()),
    index("observations_of_patient_by_code").on(
      table.patientId,
      table.codeSystem,
      table.code,
      table.at.desc().nullsLast(),
    ),
    index("observations_of_encounter").on(table.encounterId),
  ],
);

/** One part of an observation that has several, such as the systolic and diastolic of a blood pressure. */
export const observationComponents = pgTable(
  "observation_components",
  {
    id: id(),
    observationId: uuid()
      .notNull()
      .references(() => observations.id),
    /** The order in which the parts were given, from 0. */
    position: integer().notNull(),
    ...coded(),
    ...measured(),
    ...referenced(),
    ...history(),
  },
  (table) => [
    uniqueIndex("observation_components_in_order").on(table.observationId, table.position),
    index("observation_components_by_code").on(table.codeSystem, table.code),
  ],
);
