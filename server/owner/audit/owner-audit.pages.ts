import { Elysia, t } from "elysia";
import { OwnerAuditList, OwnerAuditPage } from "../../../views/owner/audit/audit-page.tsx";
import { fileOf } from "../../http/file.ts";
import { refuseInvalid } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { html, wantsFragment } from "../../http/reply.ts";
import { pagingQuery, parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { listTenants } from "../tenants/tenants-list.ts";
import { ownerAuditFilter } from "./owner-audit.input.ts";
import { exportOwnerAudit, listOwnerAudit } from "./owner-audit.ts";

const hidden = { detail: { hide: true } };
const listQuery = t.Object({ ...ownerAuditFilter, ...pagingQuery });
const fileMark = "\uFEFF";
/** Hospitals that the filter offers; the rest are reached from their own pages. */
const offeredAtMost = 100;

/** The audit of the owner plane. */
export const ownerAuditPages = (services: Services) =>
  new Elysia({ prefix: "/audit" })
    .use(ownerPages(services))
    .get(
      "",
      async ({ ctx, page, query, request }) => {
        const asked = parseForm(listQuery, query);
        // An address that was typed wrongly shows the list rather than an error.
        const filters = asked.ok ? asked.value : {};
        const { items, nextCursor } = await listOwnerAudit(ctx, filters);
        const offered = await listTenants(ctx, { limit: offeredAtMost });
        const hospitals = new Map(offered.items.map((one) => [one.id, one.companyName]));
        const props = { page, filters, rows: items, nextCursor, hospitals };
        return html(wantsFragment(request) ? OwnerAuditList(props) : OwnerAuditPage(props));
      },
      hidden,
    )
    .get(
      "/export.csv",
      async ({ ctx, query }) => {
        const asked = refuseInvalid(parseForm(t.Object(ownerAuditFilter), query));
        return fileOf(await exportOwnerAudit(ctx, asked, "csv"), "csv", "audit.csv", fileMark);
      },
      hidden,
    )
    .get(
      "/export.ndjson",
      async ({ ctx, query }) => {
        const asked = refuseInvalid(parseForm(t.Object(ownerAuditFilter), query));
        return fileOf(await exportOwnerAudit(ctx, asked, "ndjson"), "ndjson", "audit.ndjson");
      },
      hidden,
    );
