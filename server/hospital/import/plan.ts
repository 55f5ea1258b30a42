import type { TypeCounts } from "../../../db/schema/hospital/import-runs.ts";
import { isKeptType, type KeptType, keyText, type RecordKey } from "./kept-types.ts";
import type { BundleEntry, Node } from "./read-bundle.ts";
import { type Issue, Reader, type Surroundings } from "./reader.ts";
import { readAllergy } from "./records/allergy.ts";
import { readCondition } from "./records/condition.ts";
import { readEncounter } from "./records/encounter.ts";
import { readImmunization } from "./records/immunization.ts";
import { readMedicationRequest, readMedicationStatement } from "./records/medication.ts";
import { readObservation } from "./records/observation.ts";
import { readPatient } from "./records/patient.ts";
import { readProcedure } from "./records/procedure.ts";
import { addressesOf, idOf, keyOfEntry, typeOf, withoutVersion } from "./references.ts";

const readers = {
  Patient: readPatient,
  Encounter: readEncounter,
  Condition: readCondition,
  Observation: readObservation,
  AllergyIntolerance: readAllergy,
  MedicationRequest: readMedicationRequest,
  MedicationStatement: readMedicationStatement,
  Immunization: readImmunization,
  Procedure: readProcedure,
} as const satisfies Record<KeptType, (read: Reader, record: Node) => unknown>;

/** What reading a record of each type gives. */
export type ReadOf = { readonly [Type in KeptType]: ReturnType<(typeof readers)[Type]> };

/** One record of a kept type as it was read, with the key it has where it comes from. */
export type Planned = {
  [Type in KeptType]: {
    readonly type: Type;
    readonly entry: number;
    readonly key: RecordKey;
    readonly read: ReadOf[Type];
  };
}[KeptType];

/** Why one record (`entry` counts from 0), or the file itself (`entry` is null), is refused. */
export interface RecordError extends Issue {
  readonly entry: number | null;
  readonly resourceType: string | null;
  readonly resourceId: string | null;
}

/** One file as it was read, before anything is known of what the hospital has. */
export interface FilePlan {
  readonly source: string;
  readonly records: readonly Planned[];
  readonly errors: readonly RecordError[];
  /** Records of kept types that were given, whether or not they could be read. */
  readonly given: TypeCounts;
  /** Records of types that are not kept. */
  readonly skipped: TypeCounts;
  readonly recordsTotal: number;
  /** The planned record of this file that a reference means. */
  readonly find: (reference: string) => Planned | null;
  /** Whether some record of this file, kept or not, is what a reference means. */
  readonly has: (reference: string) => boolean;
}

export interface PlanOptions {
  /** The system that the records come from, where they do not say so themselves. */
  readonly source: string;
  readonly timeZone: string;
  readonly today: string;
}

const add = (counts: Record<string, number>, type: string) => {
  counts[type] = (counts[type] ?? 0) + 1;
};

/** Reads every record of a bundle. Nothing is thrown for a malformed one: its faults are in `errors`. */
export function planFile(entries: readonly BundleEntry[], options: PlanOptions): FilePlan {
  const byAddress = new Map<string, Node>();
  for (const entry of entries)
    for (const address of addressesOf(entry))
      if (entry.resource !== null) byAddress.set(address, entry.resource);
  const around: Surroundings = {
    timeZone: options.timeZone,
    today: options.today,
    find: (reference) => byAddress.get(withoutVersion(reference)) ?? null,
  };
  const records: Planned[] = [];
  const errors: RecordError[] = [];
  const given: Record<string, number> = {};
  const skipped: Record<string, number> = {};
  const planned = new Map<string, Planned>();
  const keys = new Set<string>();

  for (const entry of entries) {
    const type = entry.resource === null ? "" : typeOf(entry.resource);
    const refuse = (issues: readonly Issue[]) => {
      const resourceId = entry.resource === null ? null : idOf(entry.resource);
      for (const issue of issues)
        errors.push({ ...issue, entry: entry.index, resourceType: type || null, resourceId });
    };
    if (entry.resource === null || type === "") {
      add(given, "unknown");
      refuse([entryFault(entry)]);
      continue;
    }
    if (!isKeptType(type)) {
      add(skipped, type);
      continue;
    }
    add(given, type);
    const key = keyOfEntry(entry, options.source);
    if (key === null) {
      refuse([
        {
          field: "id",
          code: "required",
          message: "The record has no id, so it could not be told from others.",
        },
      ]);
      continue;
    }
    if (keys.has(keyText(type, key))) {
      refuse([
        { field: "id", code: "duplicate", message: "Another record of this file has the same type and id." },
      ]);
      continue;
    }
    keys.add(keyText(type, key));
    const read = new Reader(around);
    const record = { type, entry: entry.index, key, read: readers[type](read, entry.resource) } as Planned;
    if (read.issues.length > 0) refuse(read.issues);
    else records.push(record);
    if (read.issues.length === 0) for (const address of addressesOf(entry)) planned.set(address, record);
  }
  return {
    source: options.source,
    records,
    errors,
    given,
    skipped,
    recordsTotal: entries.length,
    find: (reference) => planned.get(withoutVersion(reference)) ?? null,
    has: (reference) => byAddress.has(withoutVersion(reference)),
  };
}

function entryFault(entry: BundleEntry): Issue {
  if (entry.resource === null && entry.method === "DELETE")
    return {
      field: "request.method",
      code: "not-kept",
      message: "This entry asks for a deletion; an import only adds.",
    };
  return { field: "resource", code: "required", message: "This entry holds no FHIR resource." };
}
