import { Elysia, t } from "elysia";
import { askOnSite } from "../../bridge/ask-on-site.ts";
import { hospitalSyncStatus, pushHospital, verifyHospital } from "../../bridge/sync.ts";
import { createTenantUser, listTenantUsers } from "../../bridge/tenant-users.ts";
import { describe, listOf } from "../../http/docs.ts";
import { factsOf } from "../../http/facts.ts";
import { ownerApi } from "../../http/owner.ts";
import { linkHeader } from "../../http/paging.ts";
import { json } from "../../http/reply.ts";
import { pagingQuery, uuid } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { asked } from "../nodes/asked.api.ts";
import { commandAnswer } from "../nodes/nodes.input.ts";
import {
  createdPersonAnswer,
  newPersonInput,
  personAnswer,
  proofAnswer,
  pushAnswer,
} from "./tenant-inside.input.ts";
import { getTenant } from "./tenants.ts";

const tag = "Hospitals";
const params = t.Object({ id: uuid() });

/** What lies inside a hospital, as far as the owner sees it: its people, its databases, its copying. */
export const tenantInsideApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/tenants/:id" })
    .use(ownerApi(services))
    .get(
      "/users",
      async ({ ctx, params: { id }, query, request }) => {
        const page = await listTenantUsers(services, ctx, id, query);
        return json(page, 200, { link: linkHeader(factsOf(request).url, page.nextCursor) });
      },
      {
        ...{ params, query: t.Object({ search: t.Optional(t.String({ maxLength: 120 })), ...pagingQuery }) },
        detail: describe({
          summary: "List who can sign in to a hospital's portal",
          ...{ tag, answers: { 200: listOf(personAnswer) }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .post(
      "/users",
      async ({ ctx, params: { id }, body }) => {
        const command = await askOnSite(services, ctx, id, "create-user", body);
        if (command !== null) return asked(command);
        const { user, temporaryPassword } = await createTenantUser(services, ctx, id, body);
        return json({ ...user, temporaryPassword }, 201, {
          location: `/api/v1/owner/tenants/${id}/users`,
          "cache-control": "no-store",
        });
      },
      {
        ...{ params, body: newPersonInput },
        detail: describe({
          summary: "Add somebody to a hospital's staff",
          description:
            "Counts against the hospital's plan. Without a password one is made and answered once.",
          ...{
            tag,
            answers: { 201: createdPersonAnswer, 202: commandAnswer },
            errors: ["not-found", "conflict", "payment-required"],
          },
        }),
      },
    )
    .get(
      "/sync",
      async ({ ctx, params: { id } }) => {
        await getTenant(ctx, id);
        return json(await hospitalSyncStatus(services, ctx, id));
      },
      {
        params,
        detail: describe({
          summary: "Ask both databases how far the online copy is behind",
          ...{ tag, answers: { 200: t.Record(t.String(), t.Unknown()) }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/sync",
      async ({ ctx, params: { id } }) => {
        await getTenant(ctx, id);
        const command = await askOnSite(services, ctx, id, "push-now");
        if (command !== null) return asked(command);
        return json(await pushHospital(services, ctx, id));
      },
      {
        params,
        detail: describe({
          summary: "Send a hospital's changes to its online copy now",
          ...{ tag, answers: { 200: pushAnswer, 202: commandAnswer }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/verify",
      async ({ ctx, params: { id } }) => {
        await getTenant(ctx, id);
        const command = await askOnSite(services, ctx, id, "verify-now");
        if (command !== null) return asked(command);
        return json(await verifyHospital(services, ctx, id));
      },
      {
        params,
        detail: describe({
          summary: "Compare both databases of a hospital, table by table",
          ...{ tag, answers: { 200: proofAnswer, 202: commandAnswer }, errors: ["not-found"] },
        }),
      },
    );
