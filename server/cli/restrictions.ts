import { type PatientPrivacy, readPrivacy } from "../hospital/privacy/patient-privacy.ts";
import { liftRestriction, restrictPatient } from "../hospital/privacy/restrictions.ts";
import type { HospitalContext } from "../tenancy/context.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command, listed } from "./command.ts";
import { patientIdOf } from "./find-patient.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;

function told({ mrn, restricted, setByName, setAt, access }: PatientPrivacy): string {
  if (!restricted) return `${mrn} is open to everybody whose role reads records.`;
  const since = `${mrn} is restricted, by ${setByName ?? "somebody"}, since ${setAt?.toISOString() ?? "long ago"}.`;
  const rows = access.map(({ name, until, grantedByName }) => [
    name,
    until?.toISOString() ?? "",
    grantedByName,
  ]);
  return `${since}\n${listed(["OPEN TO", "UNTIL", "NAMED BY"], rows, "Nobody is named for it.")}`;
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

export const restrictionCommands: readonly Command[] = [
  show,
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
