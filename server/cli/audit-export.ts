import { exportAuditLog } from "../hospital/audit/audit-log.ts";
import { exportOwnerAudit } from "../owner/audit/owner-audit.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { filterOptions, filterUsage, rowsAsked } from "./audit-trail.ts";
import { asJson, type Command } from "./command.ts";
import { fileOptions, toFile } from "./to-file.ts";

const text = { type: "string" } as const;

export const auditExport: Command = {
  name: "audit:export",
  summary: "Write an audit to a file",
  usage: `wardline audit:export --hospital SUBDOMAIN | --owner --out FILE [options]

  The latest first. All that is given must hold. That it was exported is on record before the first row.

  --out FILE         where it goes, for its owner alone to read; - for standard output
  --force            in place of a file that is there already
  --format FORMAT    csv, or ndjson: JSON, a row a line (csv)
  ${filterUsage}
  --json             answer as JSON; with --out - nothing but the rows is said`,
  async run(services, args, io) {
    const given = readArguments(args, { ...filterOptions, ...fileOptions, format: text });
    const out = needed("out", given.out);
    const format = choice("format", given.format, ["csv", "ndjson"]) ?? "csv";
    const asked = await rowsAsked(services, given);
    const bytes = await toFile(out, given.force, () =>
      asked.side === "hospital"
        ? exportAuditLog(asked.context, asked.query, format)
        : exportOwnerAudit(asked.context, asked.query, format),
    );
    if (out !== "-") io.out(given.json ? asJson({ file: out, bytes }) : `${out}: ${bytes} bytes.`);
    return 0;
  },
};
