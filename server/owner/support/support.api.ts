import { Elysia, t } from "elysia";
import { askInput } from "../../bridge/support.input.ts";
import { askSupport, giveUpSupport, hearSupport, makeSupportLink } from "../../bridge/support.ts";
import { describe, listOf } from "../../http/docs.ts";
import { ownerApi } from "../../http/owner.ts";
import { portalAddress } from "../../http/portal-address.ts";
import { json } from "../../http/reply.ts";
import { oneOf, uuid } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { getTenant } from "../tenants/tenants.ts";

const tag = "Support access";
const params = t.Object({ id: uuid() });
const one = t.Object({ id: uuid(), requestId: t.String({ maxLength: 100 }) });
const maybe = () => t.Nullable(t.String());

const requestRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    tenantId: t.String({ format: "uuid" }),
    operatorId: t.String({ format: "uuid" }),
    operatorName: t.String(),
    reason: t.String(),
    minutes: t.Integer(),
    status: oneOf(["waiting", "accepted", "refused", "ended"]),
    askedAt: t.String({ format: "date-time" }),
    decidedAt: maybe(),
    decidedByName: maybe(),
    note: maybe(),
    expiresAt: maybe(),
    endedAt: maybe(),
    endedByName: maybe(),
  },
  { title: "SupportRequest" },
);

/** Asking a hospital to be let in. */
export const ownerSupportApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/tenants/:id/support-requests" })
    .use(ownerApi(services))
    .get(
      "",
      async ({ ctx, params: { id } }) =>
        json({ items: await hearSupport(services, ctx, id), nextCursor: null }),
      {
        params,
        detail: describe({
          summary: "List who asked to come into a hospital, and what it said",
          ...{ tag, answers: { 200: listOf(requestRow) }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .post("", async ({ ctx, params: { id }, body }) => json(await askSupport(services, ctx, id, body), 201), {
      params,
      body: askInput,
      detail: describe({
        summary: "Ask a hospital to let you in",
        description: "For a quarter of an hour to eight hours. The hospital decides, and may give less.",
        ...{ tag, answers: { 201: requestRow }, errors: ["not-found", "conflict"] },
      }),
    })
    .post(
      "/:requestId/link",
      async ({ ctx, params: { id, requestId }, request }) => {
        const { subdomain } = await getTenant(ctx, id);
        const code = await makeSupportLink(services, ctx, id, requestId);
        const href = `${portalAddress(services, request, subdomain)}/support/enter?code=${code}`;
        return json({ href }, 201, { "cache-control": "no-store" });
      },
      {
        params: one,
        detail: describe({
          summary: "Make the one-time link by which you come in",
          description: "It opens once, within a minute.",
          ...{ tag, answers: { 201: t.Object({ href: t.String() }) }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .delete(
      "/:requestId",
      async ({ ctx, params: { id, requestId } }) =>
        json({ items: await giveUpSupport(services, ctx, id, requestId), nextCursor: null }),
      {
        params: one,
        detail: describe({
          summary: "Take a request back, or end your access",
          ...{ tag, answers: { 200: listOf(requestRow) }, errors: ["not-found", "conflict"] },
        }),
      },
    );
