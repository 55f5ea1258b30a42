import type { Patient } from "../../../server/hospital/patients/patients.ts";
import { dateInZone, type Place } from "../../format.ts";
import { ageForForm } from "./patient-words.ts";

const plain = [
  ...([
    "firstName",
    "middleName",
    "lastName",
    "phone",
    "email",
    "nationalId",
    "addressLine",
    "city",
  ] as const),
  ...(["state", "postalCode", "country", "language", "bloodGroup", "maritalStatus", "notes"] as const),
  ...(["emergencyContactName", "emergencyContactPhone", "emergencyContactRelation"] as const),
];

/** A patient's row as the form shows it: a guessed date of birth as the age that was told. */
export function patientFormValues(page: Place, patient: Patient): Record<string, string | undefined> {
  const values: Record<string, string | undefined> = { sex: patient.sex, status: patient.status };
  for (const field of plain) values[field] = patient[field] ?? undefined;
  if (patient.deceasedAt !== null) values["deceasedOn"] = dateInZone(page.zone, patient.deceasedAt);
  if (patient.bornOn === null) return values;
  return patient.bornOnEstimated
    ? { ...values, ...ageForForm(page, patient.bornOn) }
    : { ...values, bornOn: patient.bornOn };
}
