import { checkCopiedFiles } from "../bridge/files.ts";
import { placesOf } from "../bridge/tenant-places.ts";
import { verifySync } from "../sync/verify.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { insideOwner } from "./place.ts";
import { tenantBySubdomain } from "./tenants.ts";

const text = { type: "string" } as const;

const verify: Command = {
  name: "verify",
  summary: "Compare a hospital's database with its online copy, table by table",
  usage: `wardline verify --hospital SUBDOMAIN [--json]

  Brings the copy up to date, then compares count and checksum of every table at one moment. Of files it is told
  how many are copied and how many are missing; they follow the rows, so that does not change how it ends.
  Ends with 0 where all are equal, else with 1.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const subdomain = needed("hospital", given.hospital);
    const { id } = await tenantBySubdomain(insideOwner(services), services, subdomain);
    const { primaryAdmin, copyAdmin } = await placesOf(services, id);
    const report = await verifySync({ primary: primaryAdmin, copy: copyAdmin });
    const files = await checkCopiedFiles(services, id);
    if (given.json) io.out(asJson({ hospital: subdomain, ...report, files }));
    else
      io.out(
        [
          table([
            ["TABLE", "PRIMARY", "COPY", ""],
            ...report.tables.map((row) => [
              row.table,
              String(row.primaryRows),
              String(row.copyRows ?? "-"),
              row.equal ? "equal" : "DIFFERS",
            ]),
          ]),
          report.outcome === "verified"
            ? `${report.equal ? "Equal" : "NOT equal"} at tick ${report.tick}, in ${report.tookMs} ms.`
            : `Not compared: ${report.parked?.reason ?? report.outcome}.`,
          ...(files === null
            ? []
            : [`Files: ${files.named}, ${files.copied} of them copied, ${files.missing} missing here.`]),
        ].join("\n"),
      );
    return report.outcome === "verified" && report.equal ? 0 : 1;
  },
};

export const stateCommands: readonly Command[] = [verify];
