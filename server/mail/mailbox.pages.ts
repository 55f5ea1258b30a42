import { Elysia } from "elysia";
import { MailboxPage } from "../../views/mail/mailbox-page.tsx";
import type { Side } from "../auth/either-side.ts";
import { answerRecoveryRequests } from "../auth/recovery-answers.ts";
import { openDoor } from "../http/account.ts";
import { factsOf } from "../http/facts.ts";
import { portalAddress } from "../http/portal-address.ts";
import { html } from "../http/reply.ts";
import type { Services } from "../tenancy/services.ts";
import { readMailbox } from "./mailbox.ts";

const hidden = { detail: { hide: true } };

/** In a demonstration without a mail server: what would have been mailed. Elsewhere there is no such page. */
export const mailboxPages = (services: Services, side: Side) => {
  if (!services.env.demo || services.env.smtpUrl !== null) return new Elysia();
  return new Elysia().use(openDoor(services, side)).get(
    "/mailbox",
    async ({ plane, page, request }) => {
      const { credentials, vault, db, clock } = plane;
      // Somebody who has just asked shall not have to look twice.
      await answerRecoveryRequests({
        credentials,
        vault,
        db,
        now: clock.now(),
        write: (work) => plane.write(work),
      });
      const { hospital } = factsOf(request);
      const origin = portalAddress(services, request, hospital?.subdomain ?? "owner");
      const mails = await readMailbox(plane, credentials.tables, origin);
      return html(MailboxPage({ page, mails }));
    },
    hidden,
  );
};
