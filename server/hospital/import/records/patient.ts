import type { patientIdentifiers } from "../../../../db/schema/hospital/patient-identifiers.ts";
import type { maritalStatuses, patients } from "../../../../db/schema/hospital/patients.ts";
import { birthDayOf } from "../moments.ts";
import type { Node } from "../read-bundle.ts";
import type { Reader } from "../reader.ts";

export type PatientValues = Omit<
  typeof patients.$inferInsert,
  "id" | "mrn" | "importSource" | "importId" | "createdBy" | "createdAt" | "updatedAt" | "version"
>;
export type IdentifierValues = Pick<
  typeof patientIdentifiers.$inferInsert,
  "system" | "value" | "type" | "display"
>;

export interface ReadPatient {
  readonly values: PatientValues;
  readonly identifiers: readonly IdentifierValues[];
}

/** HL7 v3 MaritalStatus, and the one null flavour that systems send with it. */
const maritalOf: Readonly<Record<string, (typeof maritalStatuses)[number]>> = {
  M: "married",
  S: "single",
  U: "single",
  D: "divorced",
  W: "widowed",
  L: "separated",
  UNK: "unknown",
};

/** National numbers among the types of HL7 v2 table 0203: social security, national person, national unique individual. */
const nationalTypes = ["SS", "NI", "NN", "NNxxx"];

/** A FHIR R4 Patient. A birth date of which only the year or month is told counts as estimated. */
export function readPatient(read: Reader, record: Node): ReadPatient {
  const identifiers = readIdentifiers(read, record);
  const name = readName(read, record);
  const birth = readBirth(read, record);
  const death = readDeath(read, record, birth.bornOn);
  const sex = read.oneOf(record["gender"], "gender", ["female", "male", "other", "unknown"]);
  const active = read.flag(record["active"], "active");
  return {
    identifiers,
    values: {
      ...name,
      sex: sex ?? "unknown",
      ...birth,
      deceasedAt: death.at,
      status: death.dead ? "deceased" : active === false ? "inactive" : "active",
      phone: readTelecom(read, record["telecom"], "telecom", "phone", 40),
      email: readTelecom(read, record["telecom"], "telecom", "email", 254),
      nationalId: nationalIdOf(identifiers),
      ...readAddress(read, record),
      language: readLanguage(read, record),
      maritalStatus: readMarital(read, record),
      ...readContact(read, record),
    },
  };
}

function readName(read: Reader, record: Node): Pick<PatientValues, "firstName" | "middleName" | "lastName"> {
  const names = read.objects(record["name"], "name");
  const rank = ([node]: readonly [Node, string]) => {
    const place = ["official", "usual", undefined, "nickname", "temp", "anonymous"].indexOf(
      typeof node["use"] === "string" ? node["use"] : undefined,
    );
    return place < 0 ? 9 : place;
  };
  const [chosen] = names.toSorted((left, right) => rank(left) - rank(right));
  if (chosen === undefined) {
    read.fault("name", "required", "The patient has no name.");
    return { firstName: null, middleName: null, lastName: null };
  }
  const [name, field] = chosen;
  const given = read
    .list(name["given"], `${field}.given`)
    .flatMap((part, index) => read.text(part, `${field}.given[${index}]`, 100) ?? []);
  const family = read.text(name["family"], `${field}.family`, 100);
  const [firstName, ...middle] = given;
  if (firstName !== undefined || family !== null)
    return {
      firstName: firstName ?? null,
      middleName: middle.join(" ").slice(0, 100) || null,
      lastName: family,
    };
  return readWholeName(read, name, field);
}

/** A name given as one text: the last word is the family's. */
function readWholeName(read: Reader, name: Node, field: string): ReturnType<typeof readName> {
  const words = (read.text(name["text"], `${field}.text`, 200) ?? "").split(/\s+/).filter(Boolean);
  const alreadyFaulty = read.issues.some((issue) => issue.field.startsWith(field));
  if (words.length === 0 && !alreadyFaulty) read.fault(field, "required", "The patient has no name.");
  const lastName = words.length > 1 ? (words.pop() ?? null) : null;
  const [firstName, ...middle] = words;
  return { firstName: firstName ?? null, middleName: middle.join(" ") || null, lastName };
}

function readBirth(read: Reader, record: Node): { bornOn: string | null; bornOnEstimated: boolean } {
  const text = read.text(record["birthDate"], "birthDate", 40);
  if (text === null) return { bornOn: null, bornOnEstimated: false };
  const birth = birthDayOf(text);
  if (typeof birth === "string") {
    read.fault("birthDate", birth);
    return { bornOn: null, bornOnEstimated: false };
  }
  if (birth.day > read.around.today) read.fault("birthDate", "in-the-future");
  return { bornOn: birth.day, bornOnEstimated: birth.estimated };
}

function readDeath(read: Reader, record: Node, bornOn: string | null): { dead: boolean; at: Date | null } {
  const moment = read.moment(record["deceasedDateTime"], "deceasedDateTime");
  const dead = read.flag(record["deceasedBoolean"], "deceasedBoolean") === true || moment !== null;
  if (moment === null) return { dead, at: null };
  // A day's difference may be one of zones only.
  const dayAfter = new Date(moment.at.getTime() + 86_400_000).toISOString().slice(0, 10);
  if (bornOn !== null && moment.precision !== "year" && moment.precision !== "month" && dayAfter < bornOn)
    read.fault("deceasedDateTime", "ends-before-start", "This lies before the date of birth.");
  if (moment.at.toISOString().slice(0, 10) > read.around.today)
    read.fault("deceasedDateTime", "in-the-future");
  return { dead, at: moment.at };
}

function readTelecom(
  read: Reader,
  value: unknown,
  field: string,
  system: "phone" | "email",
  max: number,
): string | null {
  const order = ["mobile", "home", undefined, "work", "temp"];
  const found = read
    .objects(value, field)
    .filter(([node]) => node["system"] === system && node["use"] !== "old")
    .toSorted(([left], [right]) => order.indexOf(useOf(left)) - order.indexOf(useOf(right)))[0];
  if (found === undefined) return null;
  const [node, path] = found;
  return read.text(node["value"], `${path}.value`, max);
}

const useOf = (node: Node) => (typeof node["use"] === "string" ? node["use"] : undefined);

function readAddress(
  read: Reader,
  record: Node,
): Pick<PatientValues, "addressLine" | "city" | "state" | "postalCode" | "country"> {
  const addresses = read.objects(record["address"], "address").filter(([node]) => node["use"] !== "old");
  const [address, field] = addresses.find(([node]) => node["use"] === "home") ??
    addresses[0] ?? [{}, "address"];
  const lines = read
    .list(address["line"], `${field}.line`)
    .flatMap((line, index) => read.text(line, `${field}.line[${index}]`, 200) ?? []);
  return {
    addressLine: lines.join(", ").slice(0, 250) || null,
    city: read.text(address["city"], `${field}.city`, 100),
    state: read.text(address["state"], `${field}.state`, 100),
    postalCode: read.text(address["postalCode"], `${field}.postalCode`, 20),
    country: read.text(address["country"], `${field}.country`, 100),
  };
}

function readLanguage(read: Reader, record: Node): string | null {
  const spoken = read.objects(record["communication"], "communication");
  const [node, field] = spoken.find(([item]) => item["preferred"] === true) ??
    spoken[0] ?? [{}, "communication"];
  const language = read.concept(node["language"], `${field}.language`);
  return (language?.code ?? language?.display)?.slice(0, 100) ?? null;
}

function readMarital(read: Reader, record: Node): PatientValues["maritalStatus"] {
  const status = read.concept(record["maritalStatus"], "maritalStatus");
  if (status === null) return null;
  return maritalOf[status.code ?? status.display] ?? "unknown";
}

function readContact(
  read: Reader,
  record: Node,
): Pick<PatientValues, "emergencyContactName" | "emergencyContactPhone" | "emergencyContactRelation"> {
  const [contact, field] = read.objects(record["contact"], "contact")[0] ?? [{}, "contact"];
  const name = read.object(contact["name"], `${field}.name`) ?? {};
  const given = read.list(name["given"], `${field}.name.given`);
  const parts = [...given, name["family"]].flatMap((part) => read.text(part, `${field}.name`, 100) ?? []);
  return {
    emergencyContactName: parts.join(" ").slice(0, 200) || read.text(name["text"], `${field}.name.text`, 200),
    emergencyContactPhone: readTelecom(read, contact["telecom"], `${field}.telecom`, "phone", 40),
    emergencyContactRelation:
      read.concepts(contact["relationship"], `${field}.relationship`)?.slice(0, 100) ?? null,
  };
}

function readIdentifiers(read: Reader, record: Node): readonly IdentifierValues[] {
  const seen = new Set<string>();
  return read.objects(record["identifier"], "identifier").flatMap(([node, field]) => {
    const value = read.text(node["value"], `${field}.value`);
    if (value === null) return [];
    const system = read.text(node["system"], `${field}.system`) ?? "";
    const key = JSON.stringify([system, value]);
    if (seen.has(key)) return [];
    seen.add(key);
    const type = read.concept(node["type"], `${field}.type`);
    return [{ system, value, type: type?.code ?? null, display: type?.display ?? null }];
  });
}

function nationalIdOf(identifiers: readonly IdentifierValues[]): string | null {
  const found = identifiers.find(
    ({ type }) => type !== null && type !== undefined && nationalTypes.includes(type),
  );
  return found?.value.slice(0, 100) ?? null;
}
