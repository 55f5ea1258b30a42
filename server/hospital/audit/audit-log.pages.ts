import { Elysia, t } from "elysia";
import { AuditList, AuditPage } from "../../../views/hospital/audit/audit-page.tsx";
import { PatientAccess } from "../../../views/hospital/patients/patient-access.tsx";
import { authorize, may } from "../../auth/permissions.ts";
import { factsOf } from "../../http/facts.ts";
import { fileOf } from "../../http/file.ts";
import { refuseInvalid } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { html, wantsFragment } from "../../http/reply.ts";
import { pagingQuery, parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { shellOf } from "../patients/patient.pages.ts";
import { auditFilter } from "./audit-log.input.ts";
import { exportAuditLog, listAuditLog, listPatientAccess } from "./audit-log.ts";

const hidden = { detail: { hide: true } };
const listQuery = t.Object({ ...auditFilter, ...pagingQuery });
const fileMark = "\uFEFF";

/** The hospital's audit, and who has seen one record. */
export const auditLogPages = (services: Services) =>
  new Elysia()
    .use(hospitalPages(services))
    .get(
      "/audit",
      async ({ ctx, page, query, request }) => {
        const asked = parseForm(listQuery, query);
        // An address that was typed wrongly shows the list rather than an error.
        const filters = asked.ok ? asked.value : {};
        const { items, nextCursor } = await listAuditLog(ctx, filters);
        const mayExport = may(ctx.actor, "audit:export");
        const props = { page, filters, rows: items, nextCursor, mayExport };
        return html(wantsFragment(request) ? AuditList(props) : AuditPage(props));
      },
      hidden,
    )
    .get(
      "/audit/export.csv",
      async ({ ctx, query }) => {
        const asked = refuseInvalid(parseForm(t.Object(auditFilter), query));
        return fileOf(await exportAuditLog(ctx, asked, "csv"), "csv", "audit.csv", fileMark);
      },
      hidden,
    )
    .get(
      "/audit/export.ndjson",
      async ({ ctx, query }) => {
        const asked = refuseInvalid(parseForm(t.Object(auditFilter), query));
        return fileOf(await exportAuditLog(ctx, asked, "ndjson"), "ndjson", "audit.ndjson");
      },
      hidden,
    )
    .get(
      "/patients/:id/access",
      async ({ ctx, page, params, query, request }) => {
        authorize(ctx.actor, "audit:read");
        const shell = await shellOf(ctx, page, params.id, "access");
        const { items, nextCursor } = await listPatientAccess(ctx, params.id, query);
        const here = factsOf(request).url.pathname;
        return html(
          PatientAccess({
            ...{ ...shell, rows: items },
            firstHref: query.cursor === undefined ? null : here,
            nextHref: nextCursor === null ? null : `${here}?cursor=${nextCursor}`,
          }),
        );
      },
      { query: t.Object({ cursor: t.Optional(t.String({ maxLength: 500 })) }), ...hidden },
    );
