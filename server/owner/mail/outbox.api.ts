import { Elysia } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { ownerApi } from "../../http/owner.ts";
import { json } from "../../http/reply.ts";
import { ofMail, outboxQuery, outboxRow } from "../../mail/outbox.input.ts";
import type { Services } from "../../tenancy/services.ts";
import { listOutbox, retryMail } from "./outbox.ts";

const tag = "Mail (owner)";

/** Mail that waits, was given up or was sent. */
export const ownerOutboxApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/outbox" })
    .use(ownerApi(services))
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
