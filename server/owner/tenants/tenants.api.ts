import { Elysia, t } from "elysia";
import { pushConfiguration } from "../../bridge/configuration.ts";
import { provisionHospital } from "../../bridge/provision.ts";
import { AppError } from "../../errors.ts";
import { describe, listOf } from "../../http/docs.ts";
import { alreadyHas, etagOf, expectedVersion } from "../../http/etag.ts";
import { factsOf } from "../../http/facts.ts";
import { ownerApi } from "../../http/owner.ts";
import { linkHeader } from "../../http/paging.ts";
import { json } from "../../http/reply.ts";
import { pagingQuery, uuid } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { deleteTenant } from "./tenant-status.ts";
import {
  createdTenantAnswer,
  deletionInput,
  newHospitalInput,
  tenantAnswer,
  tenantChangesInput,
  tenantListQuery,
} from "./tenants.input.ts";
import { getTenant, updateTenant } from "./tenants.ts";
import { listTenants } from "./tenants-list.ts";

const tag = "Hospitals";
const params = t.Object({ id: uuid() });

/** Hospitals: list, create, read, change, delete. */
export const tenantsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/tenants" })
    .use(ownerApi(services))
    .get(
      "",
      async ({ ctx, query, request }) => {
        const page = await listTenants(ctx, query);
        return json(page, 200, { link: linkHeader(factsOf(request).url, page.nextCursor) });
      },
      {
        query: t.Composite([tenantListQuery, t.Object(pagingQuery)]),
        detail: describe({
          summary: "List hospitals",
          description: "Archived, deleted and erased hospitals are listed only where `status` asks for them.",
          ...{ tag, answers: { 200: listOf(tenantAnswer) } },
        }),
      },
    )
    .post(
      "",
      async ({ ctx, body }) => {
        const { tenant, firstAdmin } = await provisionHospital(services, ctx, body);
        const row = await getTenant(ctx, tenant.id);
        return json({ ...row, firstAdmin }, 201, {
          location: `/api/v1/owner/tenants/${tenant.id}`,
          etag: etagOf(row),
          "cache-control": "no-store",
        });
      },
      {
        body: newHospitalInput,
        detail: describe({
          summary: "Create a hospital: role, databases, settings, roles, first admin",
          description:
            "Answers when the hospital is open. Cut off half-way and sent again, it completes the same hospital. " +
            "Where a step fails, 503 `provisioning.failed` names it, and `/provisioning` tells how far it came.",
          ...{ tag, answers: { 201: createdTenantAnswer }, errors: ["conflict"] },
        }),
      },
    )
    .get(
      "/:id",
      async ({ ctx, params: { id }, request }) => {
        const row = await getTenant(ctx, id);
        const etag = etagOf(row);
        return alreadyHas(request, etag)
          ? new Response(null, { status: 304, headers: { etag } })
          : json(row, 200, { etag });
      },
      {
        params,
        detail: describe({
          summary: "Read a hospital",
          ...{ tag, answers: { 200: tenantAnswer, 304: null }, errors: ["not-found"] },
        }),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params: { id }, body, request }) => {
        const row = await updateTenant(ctx, id, body, requiredVersion(request));
        await pushConfiguration(services, id);
        return json(row, 200, { etag: etagOf(row) });
      },
      {
        ...{ params, body: tenantChangesInput },
        detail: describe({
          summary: "Change a hospital's facts",
          description: "If-Match carries the ETag of the row that was read.",
          ...{
            tag,
            answers: { 200: tenantAnswer },
            errors: ["not-found", "precondition-failed", "precondition-required"],
          },
        }),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params: { id }, body }) => {
        await deleteTenant(ctx, id, body.confirmation, body.reason ?? "");
        return json(await getTenant(ctx, id), 202);
      },
      {
        ...{ params, body: deletionInput },
        detail: describe({
          summary: "Delete a hospital: access ends at once, its data is erased after the retention period",
          description:
            "`confirmation` is the hospital's name. Taken back by DELETE on `/deletion` while the data is kept.",
          ...{ tag, answers: { 202: tenantAnswer }, errors: ["not-found", "conflict"] },
        }),
      },
    );

function requiredVersion(request: Request): number {
  const version = expectedVersion(request);
  if (version !== undefined) return version;
  throw new AppError(
    "precondition-required",
    "if-match.missing",
    "Send If-Match with the ETag of the hospital you read.",
  );
}
