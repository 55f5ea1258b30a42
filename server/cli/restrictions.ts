import { AppError } from "../errors.ts";
import { grantAccess, revokeAccess } from "../hospital/privacy/named-access.ts";
import { type PatientPrivacy, readPrivacy } from "../hospital/privacy/patient-privacy.ts";
import { accessInput } from "../hospital/privacy/privacy.input.ts";
import { liftRestriction, restrictPatient } from "../hospital/privacy/restrictions.ts";
import type { HospitalContext } from "../tenancy/context.ts";
import { needed, readArguments, UsageError } from "./arguments.ts";
import { asJson, type Command, listed } from "./command.ts";
import { departmentOf } from "./find-by-key.ts";
import { patientIdOf } from "./find-patient.ts";
import { userIdOf } from "./find-person.ts";
import { checked } from "./options.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;

function told({ mrn, restricted, setByName, setAt, access }: PatientPrivacy): string {
  const rows = access.map(({ name, until, grantedByName }) => [
    name,
    until?.toISOString() ?? "",
    grantedByName,
  ]);
  const named = listed(["OPEN TO", "UNTIL", "NAMED BY"], rows, "Nobody is named for it.");
  if (restricted)
    return `${mrn} is restricted, by ${setByName ?? "somebody"}, since ${setAt?.toISOString() ?? "long ago"}.\n${named}`;
  const open = `${mrn} is open to everybody whose role reads records.`;
  return rows.length === 0 ? open : `${open} Once restricted:\n${named}`;
}

/** A command that changes, with a reason, who may open one record. */
const changing = (
  name: string,
  summary: string,
  explained: string,
  change: (context: HospitalContext, id: string, reason: string) => Promise<PatientPrivacy>,
): Command => ({
  name,
  summary,
  usage: `wardline ${name} --hospital SUBDOMAIN --patient MRN --reason TEXT [--json]\n\n  ${explained}`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, patient: text, reason: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const id = await patientIdOf(context, needed("patient", given.patient));
    const privacy = await change(context, id, needed("reason", given.reason));
    io.out(given.json ? asJson(privacy) : told(privacy));
    return 0;
  },
});

const show: Command = {
  name: "records:access",
  summary: "Say whether a record is restricted, and who may open it",
  usage: "wardline records:access --hospital SUBDOMAIN --patient MRN [--json]",
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, patient: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const privacy = await readPrivacy(context, await patientIdOf(context, needed("patient", given.patient)));
    io.out(given.json ? asJson(privacy) : told(privacy));
    return 0;
  },
};

const whoOptions = { hospital: text, patient: text, email: text, department: text } as const;

interface Who {
  readonly userId?: string;
  readonly departmentId?: string;
}

/** The person or the department that is meant. @throws UsageError where it is neither or both; AppError not-found. */
async function whoIsMeant(
  context: HospitalContext,
  { email, department }: { readonly email?: string | undefined; readonly department?: string | undefined },
): Promise<Who> {
  if (email !== undefined && department !== undefined)
    throw new UsageError("--email goes not with --department.");
  if (email !== undefined) return { userId: await userIdOf(context, email) };
  if (department === undefined) throw new UsageError("--email or --department is missing.");
  return { departmentId: (await departmentOf(context, department)).id };
}

const name: Command = {
  name: "records:name",
  summary: "Name a person or a department that may open a restricted record",
  usage: `wardline records:name --hospital SUBDOMAIN --patient MRN --email EMAIL | --department DEPARTMENT [options]

  On record as the command line's.

  --email EMAIL            one of the staff
  --department DEPARTMENT  everybody of it; by its key or its name
  --until TIME             ISO 8601, such as 2027-03-01T00:00:00Z (until it is taken away)
  --json                   answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, { ...whoOptions, until: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const who = await whoIsMeant(context, given);
    const input = checked(accessInput, { ...who, until: given.until });
    const id = await patientIdOf(context, needed("patient", given.patient));
    const privacy = await grantAccess(context, id, input);
    io.out(given.json ? asJson(privacy) : told(privacy));
    return 0;
  },
};

const unname: Command = {
  name: "records:unname",
  summary: "Take a person or a department off the list of a restricted record",
  usage: `wardline records:unname --hospital SUBDOMAIN --patient MRN --email EMAIL | --department DEPARTMENT [--json]

  Counts at their next request. On record as the command line's.`,
  async run(services, args, io) {
    const given = readArguments(args, whoOptions);
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const who = await whoIsMeant(context, given);
    const id = await patientIdOf(context, needed("patient", given.patient));
    let privacy = await readPrivacy(context, id);
    const own = privacy.access.filter((one) =>
      who.userId === undefined ? one.departmentId === who.departmentId : one.userId === who.userId,
    );
    if (own.length === 0)
      throw new AppError("not-found", "access.not-found", `They are not named for ${privacy.mrn}.`);
    // Whoever was named twice is off the list only when both are gone.
    for (const one of own) privacy = await revokeAccess(context, id, one.id);
    io.out(given.json ? asJson(privacy) : told(privacy));
    return 0;
  },
};

export const restrictionCommands: readonly Command[] = [
  show,
  name,
  unname,
  changing(
    "records:restrict",
    "Restrict a record to those named for it",
    "Whoever else needs it for care opens it by giving a reason, which is reviewed. On record as the command line's.",
    restrictPatient,
  ),
  changing(
    "records:lift",
    "Lift the restriction of a record",
    "Who was named for it stays on its list. On record as the command line's.",
    liftRestriction,
  ),
];
