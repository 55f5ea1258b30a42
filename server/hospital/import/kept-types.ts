import { allergies } from "../../../db/schema/hospital/allergies.ts";
import { conditions } from "../../../db/schema/hospital/conditions.ts";
import { encounters } from "../../../db/schema/hospital/encounters.ts";
import { immunizations } from "../../../db/schema/hospital/immunizations.ts";
import { medications } from "../../../db/schema/hospital/medications.ts";
import { observations } from "../../../db/schema/hospital/observations.ts";
import { patients } from "../../../db/schema/hospital/patients.ts";
import { procedures } from "../../../db/schema/hospital/procedures.ts";

/** The FHIR types that are kept, in the order they are written: what others refer to comes first. */
export const tableOfType = {
  Patient: patients,
  Encounter: encounters,
  Condition: conditions,
  Observation: observations,
  AllergyIntolerance: allergies,
  MedicationRequest: medications,
  MedicationStatement: medications,
  Immunization: immunizations,
  Procedure: procedures,
} as const;

export type KeptType = keyof typeof tableOfType;

export const keptTypes = Object.keys(tableOfType) as readonly KeptType[];

export function isKeptType(type: string): type is KeptType {
  return Object.hasOwn(tableOfType, type);
}

/** The system and the id by which a record is known where it comes from. */
export interface RecordKey {
  readonly source: string;
  readonly importId: string;
}

/** A key as one text, for maps. */
export const keyText = (type: KeptType, key: RecordKey) => JSON.stringify([type, key.source, key.importId]);
