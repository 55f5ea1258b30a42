import { Elysia, t } from "elysia";
import type { AuditRow } from "../../audit/list.ts";
import { describe, listOf } from "../../http/docs.ts";
import { factsOf } from "../../http/facts.ts";
import { fileOf } from "../../http/file.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { linkHeader } from "../../http/paging.ts";
import { json } from "../../http/reply.ts";
import { pagingQuery } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { auditFilter, auditRow } from "./audit-log.input.ts";
import { exportAuditLog, listAuditLog, listPatientAccess } from "./audit-log.ts";

const tag = "Audit";

/** A row as the API tells it: the subject of a hospital's row is a patient. */
function told<Row extends AuditRow>({ subjectId, ...row }: Row) {
  return { ...row, patientId: subjectId };
}

/** The audit of a hospital. */
export const auditLogApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant" })
    .use(hospitalApi(services))
    .get(
      "/audit",
      async ({ ctx, query, request }) => {
        const { items, nextCursor } = await listAuditLog(ctx, query);
        return json({ items: items.map(told), nextCursor }, 200, {
          link: linkHeader(factsOf(request).url, nextCursor),
        });
      },
      {
        query: t.Object({ ...auditFilter, ...pagingQuery }),
        detail: describe({
          summary: "Who looked at what and who changed what",
          description:
            "The latest first, paged by cursor. `mrn` is the number of the record that a row concerns.",
          ...{
            tag,
            answers: { 200: listOf(t.Composite([auditRow, t.Object({ mrn: t.Nullable(t.String()) })])) },
          },
        }),
      },
    )
    .get(
      "/audit/export.csv",
      async ({ ctx, query }) => fileOf(await exportAuditLog(ctx, query, "csv"), "csv", "audit.csv"),
      {
        query: t.Object(auditFilter),
        detail: describe({
          summary: "Export the audit as CSV",
          description:
            "Streamed, the latest first. Cells that a spreadsheet would take for a formula begin with '.",
          ...{ tag, answers: { 200: t.String() }, media: "text/csv" },
        }),
      },
    )
    .get(
      "/audit/export.ndjson",
      async ({ ctx, query }) => fileOf(await exportAuditLog(ctx, query, "ndjson"), "ndjson", "audit.ndjson"),
      {
        query: t.Object(auditFilter),
        detail: describe({
          summary: "Export the audit as JSON, a row a line",
          ...{ tag, answers: { 200: t.String() }, media: "application/x-ndjson" },
        }),
      },
    )
    .get(
      "/patients/:id/access",
      async ({ ctx, params, query, request }) => {
        const { items, nextCursor } = await listPatientAccess(ctx, params.id, query);
        return json({ items: items.map(told), nextCursor }, 200, {
          link: linkHeader(factsOf(request).url, nextCursor),
        });
      },
      {
        params: t.Object({ id: t.String({ maxLength: 100 }) }),
        query: t.Object({ ...pagingQuery, kind: auditFilter.kind }),
        detail: describe({
          summary: "Who has seen or changed a patient's record",
          ...{ tag, answers: { 200: listOf(auditRow) }, errors: ["not-found"] },
        }),
      },
    );
