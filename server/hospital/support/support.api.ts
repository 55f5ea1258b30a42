import { Elysia, t } from "elysia";
import { tellOwnerOfSupport } from "../../bridge/support.ts";
import { describe, listOf } from "../../http/docs.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { json } from "../../http/reply.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { acceptInput, refuseInput, supportGrantRow } from "./support.input.ts";
import {
  acceptSupport,
  endSupport,
  getSupportGrant,
  listSupportGrants,
  refuseSupport,
  type SupportGrant,
} from "./support.ts";

const tag = "Support access";
const params = t.Object({ id: t.String({ maxLength: 100 }) });
const told = ({ operatorId: _, ...grant }: SupportGrant) => grant;

/** The owner's people asking to come in, and what the hospital says. */
export const supportApi = (services: Services) => {
  const decided = async (ctx: HospitalContext, grant: SupportGrant) => {
    await tellOwnerOfSupport(services, ctx.hospital.id);
    return json(told(grant));
  };
  return new Elysia({ prefix: "/api/v1/tenant/support-grants" })
    .use(hospitalApi(services))
    .get("", async ({ ctx }) => json({ items: (await listSupportGrants(ctx)).map(told), nextCursor: null }), {
      detail: describe({
        summary: "List who of support has asked to come in",
        ...{ tag, answers: { 200: listOf(supportGrantRow) } },
      }),
    })
    .get("/:id", async ({ ctx, params }) => json(told(await getSupportGrant(ctx, params.id))), {
      params,
      detail: describe({
        summary: "Read a request of support",
        ...{ tag, answers: { 200: supportGrantRow }, errors: ["not-found"] },
      }),
    })
    .post(
      "/:id/acceptance",
      async ({ ctx, params, body }) => decided(ctx, await acceptSupport(ctx, params.id, body)),
      {
        params,
        body: acceptInput,
        detail: describe({
          summary: "Let support in",
          description:
            "For as long as was asked or less. Without `permissions`: to look, and at no patient's record. Nobody gives what they do not hold.",
          ...{ tag, answers: { 200: supportGrantRow }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .post(
      "/:id/refusal",
      async ({ ctx, params, body }) => decided(ctx, await refuseSupport(ctx, params.id, body.note ?? null)),
      {
        params,
        body: refuseInput,
        detail: describe({
          summary: "Refuse support",
          ...{ tag, answers: { 200: supportGrantRow }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .delete("/:id", async ({ ctx, params }) => decided(ctx, await endSupport(ctx, params.id)), {
      params,
      detail: describe({
        summary: "End support's access at once",
        ...{ tag, answers: { 200: supportGrantRow }, errors: ["not-found", "conflict"] },
      }),
    });
};
