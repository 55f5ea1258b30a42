import { Elysia, t } from "elysia";
import { pushConfiguration } from "../../bridge/configuration.ts";
import { describe } from "../../http/docs.ts";
import { etagOf } from "../../http/etag.ts";
import { ownerApi } from "../../http/owner.ts";
import { json } from "../../http/reply.ts";
import { uuid } from "../../input.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { activateTenant, archiveTenant, suspendTenant } from "./tenant-status.ts";
import { reasonInput, tenantAnswer } from "./tenants.input.ts";
import { getTenant } from "./tenants.ts";

const tag = "Hospitals";
const params = t.Object({ id: uuid() });
const answers = { 200: tenantAnswer };
const errors = ["not-found", "conflict"] as const;

/** The states of a hospital, each a resource: put it to enter the state, delete it to leave. */
export const tenantStatusApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/tenants/:id" })
    .use(ownerApi(services))
    .put(
      "/suspension",
      async ({ ctx, params: { id }, body }) => {
        await suspendTenant(ctx, id, body?.reason ?? "");
        return answer(ctx, id);
      },
      {
        ...{ params, body: t.Optional(reasonInput) },
        detail: describe({
          summary: "Suspend a hospital: nobody signs in until it is activated",
          ...{ tag, answers, errors },
        }),
      },
    )
    .delete("/suspension", ({ ctx, params: { id } }) => activate(services, ctx, id), {
      params,
      detail: describe({ summary: "Activate a suspended hospital", ...{ tag, answers, errors } }),
    })
    .put(
      "/archive",
      async ({ ctx, params: { id }, body }) => {
        await archiveTenant(ctx, id, body?.reason ?? "");
        return answer(ctx, id);
      },
      {
        ...{ params, body: t.Optional(reasonInput) },
        detail: describe({
          summary: "Archive a hospital: closed, its data kept",
          ...{ tag, answers, errors },
        }),
      },
    )
    .delete("/archive", ({ ctx, params: { id } }) => activate(services, ctx, id), {
      params,
      detail: describe({ summary: "Activate an archived hospital", ...{ tag, answers, errors } }),
    })
    .delete("/deletion", ({ ctx, params: { id } }) => activate(services, ctx, id), {
      params,
      detail: describe({
        summary: "Take a deletion back while the data is kept",
        ...{ tag, answers, errors },
      }),
    });

async function activate(services: Services, ctx: OwnerContext, id: string): Promise<Response> {
  await activateTenant(ctx, id);
  await pushConfiguration(services, id);
  return answer(ctx, id);
}

async function answer(ctx: OwnerContext, id: string): Promise<Response> {
  const row = await getTenant(ctx, id);
  return json(row, 200, { etag: etagOf(row) });
}
