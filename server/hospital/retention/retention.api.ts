import { Elysia, t } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { retentionInput, retentionParams, retentionRow } from "./retention.input.ts";
import { cleanUp, listRetention, setRetention } from "./retention.ts";

const tag = "Retention";

/** How long records are kept. */
export const retentionApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/retention" })
    .use(hospitalApi(services))
    .get("", async ({ ctx }) => json({ items: await listRetention(ctx), nextCursor: null }), {
      detail: describe({
        summary: "How long each kind of record is kept, and what would go now",
        ...{ tag, answers: { 200: listOf(retentionRow) } },
      }),
    })
    .put(
      "/:recordClass",
      async ({ ctx, params, body }) =>
        json({ items: await setRetention(ctx, params.recordClass, body.keepDays), nextCursor: null }),
      {
        params: retentionParams,
        body: retentionInput,
        detail: describe({
          summary: "Say how long a kind of record is kept",
          description: "Null: for ever. It counts from the next clean-up.",
          ...{ tag, answers: { 200: listOf(retentionRow) }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .post("/clean-ups", async ({ ctx }) => json({ counts: await cleanUp(ctx) }, 201), {
      detail: describe({
        summary: "Clean up now",
        ...{ tag, answers: { 201: t.Object({ counts: t.Record(t.String(), t.Integer()) }) } },
      }),
    });
