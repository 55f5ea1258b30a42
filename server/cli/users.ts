import { basename } from "node:path";
import { draftUserImport } from "../hospital/users/import/draft-user-import.ts";
import { runUserImport } from "../hospital/users/import/run-user-import.ts";
import { beginUserImport } from "../hospital/users/import/start-user-import.ts";
import { listUserImportRows } from "../hospital/users/import/user-imports.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;

const importUsers: Command = {
  name: "users:import",
  summary: "Invite the people of a CSV list to a hospital's staff",
  usage: `wardline users:import --hospital SUBDOMAIN --file FILE [--dry-run] [--json]

  The first line names the columns: name, email, role; phone, departments, scope where you have them.
  The same file again adds nobody. Ends with 0 where every line came in or was there, else with 1.`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ hospital: text, file: text },
      "dry-run": { type: "boolean", default: false },
    });
    const subdomain = needed("hospital", given.hospital);
    const file = needed("file", given.file);
    const context = await insideHospital(services, subdomain);
    const bytes = await Bun.file(file).bytes();
    const draft = await draftUserImport(context, { origin: "command", fileName: basename(file), bytes });
    if (!given["dry-run"]) await beginUserImport(context, draft.id);
    const run = given["dry-run"] ? draft : await runUserImport(context, draft.id);
    const rows = await listUserImportRows(context, run.id, { limit: 5_000 });
    if (given.json) io.out(asJson({ ...run, rows }));
    else
      io.out(
        table([
          ["LINE", "EMAIL", "STATE", "FAULT"],
          ...rows.map((row) => [String(row.line), row.email, row.status, row.message ?? ""]),
        ]),
      );
    return run.faulty + run.failed > 0 ? 1 : 0;
  },
};

export const userCommands: readonly Command[] = [importUsers];
