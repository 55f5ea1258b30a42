import { ageOn, formatAge } from "../../age.ts";
import { dateInZone, type Place } from "../../format.ts";
import { type Sex, sexLabel } from "../../ui/patient-banner.tsx";

interface Named {
  readonly firstName: string | null;
  readonly middleName: string | null;
  readonly lastName: string | null;
}

/** A patient's name as it is said; null where it is not known. */
export function patientName(patient: Named): string | null {
  const name = [patient.firstName, patient.middleName, patient.lastName].filter(Boolean).join(" ");
  return name === "" ? null : name;
}

/** "34 years · Female". */
export function ageAndSex(
  page: Place,
  patient: {
    readonly sex: Sex;
    readonly bornOn: string | null;
    readonly bornOnEstimated: boolean;
  },
): string {
  const sex = sexLabel(page, patient.sex);
  if (patient.bornOn === null) return sex;
  return `${formatAge(page, patient.bornOn, { estimated: patient.bornOnEstimated })} · ${sex}`;
}

/** The age as a form asks for it. */
export function ageForForm(page: Place, bornOn: string): { readonly age: string; readonly ageUnit: string } {
  const { value, unit } = ageOn(bornOn, dateInZone(page.zone, page.now));
  return { age: String(value), ageUnit: unit };
}
