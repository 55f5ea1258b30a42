import { placeOf } from "../foundation.ts";
import { addServer, listServers } from "../owner/servers/servers.ts";
import { choice, needed, readArguments, UsageError } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { insideOwner } from "./place.ts";

const text = { type: "string" } as const;

const add: Command = {
  name: "servers:add",
  summary: "Put a Postgres server on record for hospitals' databases",
  usage: `wardline servers:add --name NAME --purpose primary|copy [--region NAME] [--max-hospitals N] [--json]

  The server's address is read from standard input, as it holds a password:
  postgres://maintenance-role:password@host:5432/postgres
  The role may create databases and roles. The same name again corrects what is on record.`,
  async run(services, args, io) {
    const given = readArguments(args, { name: text, purpose: text, region: text, "max-hospitals": text });
    const name = needed("name", given.name);
    const purpose = choice("purpose", needed("purpose", given.purpose), ["primary", "copy"]) ?? "primary";
    const most = given["max-hospitals"] === undefined ? null : Number(given["max-hospitals"]);
    if (most !== null && !(Number.isInteger(most) && most > 0))
      throw new UsageError("--max-hospitals is a whole number.");
    const admin = placeOf((await io.input()).trim(), "public", "The address");
    const context = insideOwner(services);
    const server = { name, purpose, region: given.region ?? "local", admin, maxHospitals: most };
    await addServer(context, services.keyring, server);
    io.out(given.json ? asJson(await listServers(context)) : `${name} is on record.`);
    return 0;
  },
};

const list: Command = {
  name: "servers:list",
  summary: "List the database servers",
  usage: "wardline servers:list [--json]",
  async run(services, args, io) {
    const given = readArguments(args, {});
    const servers = await listServers(insideOwner(services));
    if (given.json) io.out(asJson(servers));
    else
      io.out(
        table([
          ["NAME", "PURPOSE", "REGION", "ADDRESS", "HOSPITALS"],
          ...servers.map((row) => [
            row.name,
            row.purpose,
            row.region,
            row.address,
            `${row.hospitals}${row.maxHospitals === null ? "" : ` of ${row.maxHospitals}`}`,
          ]),
        ]),
      );
    return 0;
  },
};

export const serverCommands: readonly Command[] = [add, list];
