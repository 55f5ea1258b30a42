import { tellOwnerOfSupport } from "../bridge/support.ts";
import { refuseInput } from "../hospital/support/support.input.ts";
import { endSupport, listSupportGrants, refuseSupport } from "../hospital/support/support.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command, listed } from "./command.ts";
import { checked } from "./options.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;

const list: Command = {
  name: "support:list",
  summary: "List who of support asked to come into a hospital",
  usage: "wardline support:list --hospital SUBDOMAIN [--json]",
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const grants = await listSupportGrants(
      await insideHospital(services, needed("hospital", given.hospital)),
    );
    const rows = grants.map((one) => [
      ...[one.id, one.operatorName, one.status, one.askedAt.toISOString()],
      one.expiresAt?.toISOString() ?? "",
    ]);
    const header = ["ID", "WHO", "STATE", "ASKED", "UNTIL"];
    io.out(given.json ? asJson(grants) : listed(header, rows, "Support has never asked to come in."));
    return 0;
  },
};

const refuse: Command = {
  name: "support:refuse",
  summary: "Refuse somebody of support who asked to come into a hospital",
  usage: `wardline support:refuse --hospital SUBDOMAIN --id ID [--note TEXT] [--json]

  Both audits note it as the command line's. support:list tells the ids.

  --note TEXT  told to who asked`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, id: text, note: text });
    const id = needed("id", given.id);
    const { note } = checked(refuseInput, { note: given.note });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const grant = await refuseSupport(context, id, note ?? null);
    await tellOwnerOfSupport(services, context.hospital.id);
    io.out(given.json ? asJson(grant) : `${grant.operatorName} is refused.`);
    return 0;
  },
};

const end: Command = {
  name: "support:end",
  summary: "End support's access to a hospital at once",
  usage: `wardline support:end --hospital SUBDOMAIN --id ID [--json]

  Takes effect on the next request of who is inside; both audits note it. support:list tells the ids.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, id: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const grant = await endSupport(context, needed("id", given.id));
    await tellOwnerOfSupport(services, context.hospital.id);
    io.out(given.json ? asJson(grant) : `${grant.operatorName} is out.`);
    return 0;
  },
};

/** Letting support in is a person's of the hospital alone. */
export const supportCommands: readonly Command[] = [list, refuse, end];
