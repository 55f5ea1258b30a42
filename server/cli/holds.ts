import { restrictInput } from "../hospital/privacy/privacy.input.ts";
import { liftLegalHold, placeLegalHold, readLegalHold } from "../hospital/retention/legal-holds.ts";
import type { HospitalContext } from "../tenancy/context.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command } from "./command.ts";
import { recordIdOf } from "./find-record.ts";
import { checked } from "./options.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;

async function told(context: HospitalContext, mrn: string, id: string, json: boolean): Promise<string> {
  const hold = await readLegalHold(context, id);
  if (json) return asJson({ mrn, hold });
  if (hold === null) return `${mrn} is not held.`;
  return `${mrn} is held, by ${hold.placedByName}, since ${hold.placedAt.toISOString()}: ${hold.reason}`;
}

const show: Command = {
  name: "holds:show",
  summary: "Say whether a legal hold keeps a record from being erased",
  usage: `wardline holds:show --hospital SUBDOMAIN --patient MRN [--json]

  A deleted patient's record too.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, patient: text });
    const mrn = needed("patient", given.patient);
    const context = await insideHospital(services, needed("hospital", given.hospital));
    io.out(await told(context, mrn, await recordIdOf(context, mrn), given.json));
    return 0;
  },
};

const place: Command = {
  name: "holds:place",
  summary: "Keep a record from being erased until the hold is lifted",
  usage: `wardline holds:place --hospital SUBDOMAIN --patient MRN --reason TEXT [--json]

  A deleted patient's record too. Held already, nothing changes. On record as the command line's.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, patient: text, reason: text });
    const mrn = needed("patient", given.patient);
    const { reason } = checked(restrictInput, { reason: given.reason ?? needed("reason", undefined) });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const id = await recordIdOf(context, mrn);
    await placeLegalHold(context, id, reason);
    io.out(await told(context, mrn, id, given.json));
    return 0;
  },
};

const lift: Command = {
  name: "holds:lift",
  summary: "Lift the legal hold of a record",
  usage: `wardline holds:lift --hospital SUBDOMAIN --patient MRN [--json]

  From then on the record goes as its retention says. On record as the command line's.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, patient: text });
    const mrn = needed("patient", given.patient);
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const id = await recordIdOf(context, mrn);
    await liftLegalHold(context, id);
    io.out(await told(context, mrn, id, given.json));
    return 0;
  },
};

export const holdCommands: readonly Command[] = [show, place, lift];
