import { csvCell } from "../csv.ts";
import type { AuditRow } from "./list.ts";

export type ExportFormat = "csv" | "ndjson";

const columns = [
  ...(["at", "id", "actorKind", "actorId", "actorName", "read", "event", "subjectId", "entity"] as const),
  ...(["entityId", "reason", "address", "requestId", "details"] as const),
] satisfies readonly (keyof AuditRow)[];

/** An audit as a file, piece by piece: CSV (RFC 4180), or JSON with a row a line. */
export async function* auditFile(
  batches: AsyncGenerator<readonly AuditRow[]>,
  format: ExportFormat,
  subject: "patientId" | "tenantId",
): AsyncGenerator<string> {
  if (format === "csv")
    yield `${columns.map((name) => (name === "subjectId" ? subject : name)).join(",")}\r\n`;
  for await (const rows of batches) {
    if (rows.length === 0) continue;
    yield format === "csv"
      ? `${rows.map(lineOf).join("\r\n")}\r\n`
      : `${rows.map(({ subjectId, ...row }) => JSON.stringify({ ...row, [subject]: subjectId })).join("\n")}\n`;
  }
}

function lineOf(row: AuditRow): string {
  return columns
    .map((name) =>
      csvCell(name === "details" && row.details !== null ? JSON.stringify(row.details) : row[name]),
    )
    .join(",");
}
