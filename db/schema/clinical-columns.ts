import { numeric, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/** How exactly a time was told: the instant itself, or only its day, month or year (then the first moment of it). */
export const precisions = ["instant", "day", "month", "year"] as const;

export const precision = () => text({ enum: precisions });

/** What an entry is, as its code system names it, and in words; the words are always there. */
export const coded = () => ({
  codeSystem: text(),
  code: text(),
  display: text().notNull(),
});

/** When an entry counts in the record, which is what it is listed by. Unknown times come last. */
export const happened = () => ({
  at: instant(),
  atPrecision: precision(),
});

/** When it ended; null while it goes on, or where that was never told. */
export const ended = () => ({
  endedAt: instant(),
  endedPrecision: precision(),
});

/** Where an imported entry came from, so that importing it again adds nothing. Null for entries made here. */
export const imported = () => ({
  importSource: text(),
  importId: text(),
  /** The import that brought it (`import_runs`). */
  importRunId: uuid(),
});

/** A measured or observed value: a number with its unit, or words, coded where `valueCode` is given. */
export const measured = () => ({
  valueNumber: numeric(),
  valueComparator: text({ enum: ["<", "<=", ">=", ">"] }),
  valueUnit: text(),
  /** The unit in UCUM, by which values can be compared. */
  valueUnitCode: text(),
  valueText: text(),
  valueCodeSystem: text(),
  valueCode: text(),
  /** Why there is no value, where somebody said so. */
  absentReason: text(),
});

/** The normal range that came with a value. No range, no flag. */
export const referenced = () => ({
  referenceLow: numeric(),
  referenceHigh: numeric(),
  referenceText: text(),
  /** As the laboratory flagged it: `H`, `L`, `N`, `HH` … (HL7 v3 ObservationInterpretation). */
  interpretation: text(),
});
