import { problemOf } from "../../auth/password-judgement.ts";
import { standardPolicy } from "../../auth/password-policy.ts";
import { AppError, type FieldError } from "../../errors.ts";
import { databaseNameFor, databaseNameProblem, foldName, subdomainProblem } from "./tenant-names.ts";

/** What is asked for when a hospital is created. What is left out takes its default. */
export interface NewHospital {
  readonly companyName: string;
  readonly subdomain: string;
  /** Left out: made from the subdomain. */
  readonly tenantDbName?: string | undefined;
  readonly region: string;
  /** The plan's key, e.g. `trial`. */
  readonly plan: string;
  readonly isolation?: "database" | "schema" | undefined;
  readonly firstAdmin: {
    readonly name: string;
    readonly email: string;
    /** Left out: one is made and told once. */
    readonly password?: string | undefined;
  };
  readonly timeZone?: string | undefined;
  readonly currency?: string | undefined;
  readonly language?: "en" | "ur" | "hi" | undefined;
}

/** The same, complete and found good. */
export interface CheckedHospital {
  readonly companyName: string;
  readonly subdomain: string;
  readonly tenantDbName: string;
  readonly region: string;
  readonly plan: string;
  readonly isolation: "database" | "schema";
  readonly firstAdmin: { readonly name: string; readonly email: string; readonly password: string | null };
  readonly timeZone: string;
  readonly currency: string;
  readonly language: "en" | "ur" | "hi";
}

/** C0 and C1 controls, and the marks that reorder text: names with them look like other names. */
const unprintable = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const emailForm =
  /^[^\s@<>()[\]\\,;:"]{1,64}@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;
const regionForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Puts what was asked for into the form it is kept in.
 * @throws AppError invalid (422) naming every field that is wrong.
 */
// open: pure
export function checkNewHospital(input: NewHospital): CheckedHospital {
  const subdomain = foldName(input.subdomain);
  const tenantDbName = foldName(input.tenantDbName ?? "") || databaseNameFor(subdomain);
  const checked: CheckedHospital = {
    companyName: input.companyName.trim().replaceAll(/\s+/g, " "),
    subdomain,
    tenantDbName,
    region: foldName(input.region),
    plan: input.plan.trim(),
    isolation: input.isolation ?? "database",
    firstAdmin: {
      name: input.firstAdmin.name.trim().replaceAll(/\s+/g, " "),
      email: input.firstAdmin.email.trim().toLowerCase(),
      password: input.firstAdmin.password || null,
    },
    timeZone: input.timeZone?.trim() || "UTC",
    currency: input.currency?.trim().toUpperCase() || "USD",
    language: input.language ?? "en",
  };
  const subdomainWrong = subdomainProblem(subdomain);
  const fields = [
    textProblem("companyName", input.companyName, 2, 120),
    subdomainWrong,
    // A name made from a wrong subdomain is no fault of its own.
    input.tenantDbName || subdomainWrong === null ? databaseNameProblem(tenantDbName) : null,
    regionProblem(checked.region),
    ...personProblems(input, checked),
    timeZoneProblem(checked.timeZone),
    currencyProblem(checked.currency),
  ].filter((problem) => problem !== null);
  if (fields.length > 0)
    throw new AppError("invalid", "input.invalid", "Some fields need another look.", { fields });
  return checked;
}

function personProblems(input: NewHospital, checked: CheckedHospital): readonly (FieldError | null)[] {
  const { name, email, password } = checked.firstAdmin;
  // A hospital begins with the standard policy: its first password is judged as every later one.
  const owner = { name, email, places: [checked.companyName, checked.subdomain] };
  return [
    textProblem("firstAdmin.name", input.firstAdmin.name, 2, 120),
    emailProblem("firstAdmin.email", email),
    password === null ? null : problemOf("firstAdmin.password", password, standardPolicy, owner),
  ];
}

/** What is wrong with a name that people read; null where nothing is. */
// open: pure
export function textProblem(field: string, text: string, least: number, most: number): FieldError | null {
  if (unprintable.test(text))
    return {
      field,
      code: "control-characters",
      message: "This holds characters that cannot be printed. Type it again.",
    };
  return lengthProblem(field, text.trim(), least, most);
}

function lengthProblem(field: string, text: string, least: number, most: number): FieldError | null {
  const message = `Write ${least} to ${most} characters.`;
  if (text === "") return { field, code: "required", message: "Enter this." };
  if (text.length < least) return { field, code: "too-short", message };
  if (text.length > most) return { field, code: "too-long", message };
  return null;
}

/** What is wrong with an email address; null where nothing is. */
// open: pure
export function emailProblem(field: string, email: string): FieldError | null {
  if (emailForm.test(email) && email.length <= 254) return null;
  return { field, code: "not-an-email", message: "Enter an e-mail address, such as name@hospital.example." };
}

/** What is wrong with a phone number as people write it; null where nothing is. */
// open: pure
export function phoneProblem(field: string, phone: string): FieldError | null {
  if (/^\+?[0-9][0-9()\-. /]{4,38}$/.test(phone)) return null;
  return { field, code: "not-a-phone", message: "Enter a phone number." };
}

function regionProblem(region: string): FieldError | null {
  if (regionForm.test(region)) return null;
  return {
    field: "region",
    code: "bad-characters",
    message: "Use letters, digits and hyphens, such as pk-lahore.",
  };
}

/** What is wrong with a time zone; null where it is one of the IANA database. */
// open: pure
export function timeZoneProblem(timeZone: string): FieldError | null {
  try {
    if (/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(timeZone)) {
      new Intl.DateTimeFormat("en", { timeZone });
      return null;
    }
  } catch {
    // Not a zone: said below.
  }
  return {
    field: "timeZone",
    code: "not-one-of",
    message: "Choose a time zone, such as Asia/Karachi.",
  };
}

const currencies = new Set(Intl.supportedValuesOf("currency"));

/** What is wrong with a currency; null where it is a code of ISO 4217. */
// open: pure
export function currencyProblem(currency: string): FieldError | null {
  if (currencies.has(currency)) return null;
  return { field: "currency", code: "not-one-of", message: "Choose a currency, such as PKR." };
}
