import { Elysia } from "elysia";
import { OutboxPage } from "../../views/mail/outbox-page.tsx";
import type { Side } from "../auth/either-side.ts";
import { eitherPages } from "../http/either.ts";
import { goTo, html } from "../http/reply.ts";
import type { Services } from "../tenancy/services.ts";
import { listOutbox, retryMail } from "./outbox.ts";

const hidden = { detail: { hide: true } };

/** Mail that waits, was given up or was sent. The same on both sides. */
export const outboxPages = (services: Services, side: Side) =>
  new Elysia({ prefix: "/outbox" })
    .use(eitherPages(services, side))
    .get("", async ({ ctx, page }) => html(OutboxPage({ page, mails: await listOutbox(ctx) })), hidden)
    .post(
      "/:id/retry",
      async ({ ctx, page, params, request }) => {
        await retryMail(ctx, params.id);
        return goTo(request, "/outbox", { tone: "success", text: page.t.keys.outbox.retried });
      },
      hidden,
    );
