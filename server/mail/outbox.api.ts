import { Elysia } from "elysia";
import type { Side } from "../auth/either-side.ts";
import { describe, listOf } from "../http/docs.ts";
import { apiRoot, eitherApi } from "../http/either.ts";
import { json } from "../http/reply.ts";
import type { Services } from "../tenancy/services.ts";
import { ofMail, outboxQuery, outboxRow } from "./outbox.input.ts";
import { listOutbox, retryMail } from "./outbox.ts";

/** The group they stand in, in the description of the API. */
const tagOf = { hospital: "Mail", owner: "Mail (owner)" } as const satisfies Record<Side, string>;

/** Mail that waits, was given up or was sent, the same on both sides. */
export const outboxApi = (services: Services, side: Side) => {
  const tag = tagOf[side];
  return new Elysia({ prefix: `${apiRoot[side]}/outbox` })
    .use(eitherApi(services, side))
    .get(
      "",
      async ({ ctx, query }) => json({ items: await listOutbox(ctx, query.status), nextCursor: null }),
      {
        query: outboxQuery,
        detail: describe({
          summary: "List the mails of the last month, without what they say",
          ...{ tag, answers: { 200: listOf(outboxRow) } },
        }),
      },
    )
    .post(
      "/:id/retry",
      async ({ ctx, params }) => {
        await retryMail(ctx, params.id);
        return new Response(null, { status: 204 });
      },
      {
        params: ofMail,
        detail: describe({
          summary: "Try a mail that waits again at once",
          ...{ tag, answers: { 204: null }, errors: ["not-found", "conflict"] },
        }),
      },
    );
};
