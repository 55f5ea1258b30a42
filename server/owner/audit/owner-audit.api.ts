import { Elysia, t } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { factsOf } from "../../http/facts.ts";
import { fileOf } from "../../http/file.ts";
import { ownerApi } from "../../http/owner.ts";
import { linkHeader } from "../../http/paging.ts";
import { json } from "../../http/reply.ts";
import { pagingQuery } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { ownerAuditFilter, ownerAuditRow } from "./owner-audit.input.ts";
import { exportOwnerAudit, listOwnerAudit } from "./owner-audit.ts";

const tag = "Audit";

/** The audit of the owner plane. */
export const ownerAuditApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/audit" })
    .use(ownerApi(services))
    .get(
      "",
      async ({ ctx, query, request }) => {
        const { items, nextCursor } = await listOwnerAudit(ctx, query);
        const told = items.map(({ subjectId, ...row }) => ({ ...row, tenantId: subjectId }));
        return json({ items: told, nextCursor }, 200, { link: linkHeader(factsOf(request).url, nextCursor) });
      },
      {
        query: t.Object({ ...ownerAuditFilter, ...pagingQuery }),
        detail: describe({
          summary: "What operators and the system did",
          ...{ tag, answers: { 200: listOf(ownerAuditRow) } },
        }),
      },
    )
    .get(
      "/export.csv",
      async ({ ctx, query }) => fileOf(await exportOwnerAudit(ctx, query, "csv"), "csv", "audit.csv"),
      {
        query: t.Object(ownerAuditFilter),
        detail: describe({
          summary: "Export the owner plane's audit as CSV",
          ...{ tag, answers: { 200: t.String() }, media: "text/csv" },
        }),
      },
    )
    .get(
      "/export.ndjson",
      async ({ ctx, query }) =>
        fileOf(await exportOwnerAudit(ctx, query, "ndjson"), "ndjson", "audit.ndjson"),
      {
        query: t.Object(ownerAuditFilter),
        detail: describe({
          summary: "Export the owner plane's audit as JSON, a row a line",
          ...{ tag, answers: { 200: t.String() }, media: "application/x-ndjson" },
        }),
      },
    );
