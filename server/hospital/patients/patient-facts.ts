import type { patients } from "../../../db/schema/hospital/patients.ts";
import { AppError, type FieldError } from "../../errors.ts";
import type { ChangeInput, RegisterInput } from "./patients.input.ts";
import { bornForAge, dayOf, startOfDay } from "./zone-days.ts";

export type PatientValues = Partial<
  Omit<typeof patients.$inferInsert, "id" | "mrn" | "createdAt" | "updatedAt" | "version">
>;
type Current = Pick<
  typeof patients.$inferSelect,
  "firstName" | "lastName" | "bornOn" | "bornOnEstimated" | "deceasedAt" | "status"
>;

/** Nobody is older. */
const oldestYears = 130;

const plainFields = [
  "firstName",
  "middleName",
  "lastName",
  "phone",
  "email",
  "nationalId",
  "addressLine",
  "city",
  "state",
  "postalCode",
  "country",
  "language",
  "emergencyContactName",
  "emergencyContactPhone",
  "emergencyContactRelation",
] as const;

/** Text in one form: composed letters, single blanks. Null where nothing is left. */
function tidy(text: string | null): string | null {
  const clean = text?.normalize("NFC").replace(/\s+/gu, " ").trim() ?? "";
  return clean === "" ? null : clean;
}

class Faults {
  readonly found: FieldError[] = [];

  add(field: string, code: string, message: string): void {
    this.found.push({ field, code, message });
  }

  /** @throws AppError invalid (422) naming every field at fault. */
  refuse(): void {
    if (this.found.length > 0)
      throw new AppError("invalid", "input.invalid", "Some fields need correcting.", { fields: this.found });
  }
}

function textValues(input: ChangeInput | RegisterInput, faults: Faults): PatientValues {
  const values: PatientValues = {};
  for (const field of plainFields) {
    const given = input[field];
    if (given === undefined) continue;
    values[field] = tidy(given);
    if (given !== null && values[field] === null) faults.add(field, "required", "Enter this.");
  }
  for (const field of ["phone", "emergencyContactPhone"] as const) {
    const digits = values[field]?.replace(/\D/g, "").length;
    if (digits !== undefined && (digits < 5 || digits > 20))
      faults.add(field, "not-a-phone", "Enter a phone number, with its area code.");
  }
  if (input.notes !== undefined) values.notes = input.notes?.normalize("NFC").trim() || null;
  for (const field of ["sex", "bloodGroup", "maritalStatus"] as const) {
    const given = input[field];
    if (given !== undefined) Object.assign(values, { [field]: given });
  }
  return values;
}

interface Today {
  readonly now: Date;
  readonly zone: string;
}

/** The date of birth, as known or worked out of the age. Undefined where neither was given. */
function birth(
  input: Pick<ChangeInput, "bornOn" | "age" | "ageUnit">,
  { now, zone }: Today,
  faults: Faults,
): Pick<PatientValues, "bornOn" | "bornOnEstimated"> | undefined {
  const today = dayOf(zone, now);
  if (input.bornOn === null && input.age === undefined) return { bornOn: null, bornOnEstimated: false };
  const estimated = typeof input.bornOn !== "string";
  const field = estimated ? "age" : "bornOn";
  const bornOn =
    typeof input.bornOn === "string"
      ? input.bornOn
      : input.age === undefined
        ? undefined
        : bornForAge(today, input.age, input.ageUnit ?? "years");
  if (bornOn === undefined) return undefined;
  if (bornOn > today) faults.add(field, "in-the-future", "This lies in the future.");
  else if (bornOn < bornForAge(today, oldestYears, "years"))
    faults.add(
      field,
      estimated ? "too-large" : "too-long-ago",
      `Nobody is older than ${oldestYears} years; check this.`,
    );
  return { bornOn, bornOnEstimated: estimated };
}

/**
 * What is written of a patient who registers.
 * @throws AppError invalid (422) naming the fields.
 */
export function valuesToRegister(
  input: RegisterInput,
  today: Today,
): PatientValues & { readonly sex: RegisterInput["sex"] } {
  const faults = new Faults();
  const values = textValues(input, faults);
  const missing = (field: string) => {
    if (!faults.found.some((fault) => fault.field === field)) faults.add(field, "required", "Enter this.");
  };
  if (input.unknown !== true) {
    if (!values.firstName) missing("firstName");
    if (!values.lastName && input.oneName !== true) missing("lastName");
  }
  const born = birth(input, today, faults);
  const nameless = !values.firstName && !values.lastName;
  if (born === undefined) missing(input.unknown === true ? "age" : "bornOn");
  faults.refuse();
  // Someone nobody knows has no known date of birth either, whatever was typed.
  const guessed = nameless ? { ...born, bornOnEstimated: true } : born;
  return { ...values, ...guessed, sex: input.sex };
}

/**
 * What changes of a patient's row.
 * @throws AppError invalid (422) naming the fields.
 */
export function valuesToChange(input: ChangeInput, current: Current, today: Today): PatientValues {
  const faults = new Faults();
  const values = textValues(input, faults);
  Object.assign(values, birth(input, today, faults));
  const after = { ...current, ...values };
  if (!after.firstName && !after.lastName && !after.bornOnEstimated)
    faults.add("firstName", "required", "Enter a name; only an unknown patient goes without.");
  Object.assign(values, death(input, after, today, faults));
  faults.refuse();
  return values;
}

/** State and day of death belong together: a day makes the patient deceased, any other state clears it. */
function death(
  input: ChangeInput,
  after: PatientValues,
  { now, zone }: Today,
  faults: Faults,
): Pick<PatientValues, "status" | "deceasedAt"> {
  const { deceasedOn } = input;
  const clears = input.status !== undefined && input.status !== "deceased";
  if (typeof deceasedOn === "string") {
    if (clears) faults.add("deceasedOn", "invalid", "Only a deceased patient has a day of death.");
    if (deceasedOn > dayOf(zone, now)) faults.add("deceasedOn", "in-the-future", "This lies in the future.");
    if (after.bornOn && !after.bornOnEstimated && deceasedOn < after.bornOn)
      faults.add("deceasedOn", "too-long-ago", "This lies before the date of birth.");
    return { status: "deceased", deceasedAt: startOfDay(zone, deceasedOn) };
  }
  if (clears && input.status !== undefined) return { status: input.status, deceasedAt: null };
  return {
    ...(input.status === undefined ? {} : { status: input.status }),
    ...(deceasedOn === null ? { deceasedAt: null } : {}),
  };
}
