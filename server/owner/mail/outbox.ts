import { auditOwner } from "../../audit/audit.ts";
import { ownerCredentials } from "../../auth/credentials.ts";
import { authorize } from "../../auth/permissions.ts";
import { announceMail } from "../../mail/announce.ts";
import { makeDue, type OutboxMail, readOutbox } from "../../mail/outbox.ts";
import type { OwnerContext } from "../../tenancy/context.ts";

/** Mail that waits, was given up, or was sent in the last month; not what it says. @throws AppError forbidden (403). */
export async function listOutbox(
  context: OwnerContext,
  status?: OutboxMail["status"],
): Promise<readonly OutboxMail[]> {
  authorize(context.actor, "operators:edit");
  return readOutbox(context.db, ownerCredentials(context).tables.outbox, context.vault, status);
}

/**
 * Tries a mail that waits again at once.
 * @throws AppError not-found (404); conflict (409) `mail.not-waiting`; forbidden (403).
 */
export async function retryMail(context: OwnerContext, id: string): Promise<void> {
  authorize(context.actor, "operators:edit");
  await context.write(async (tx) => {
    await makeDue(tx, ownerCredentials(context).tables.outbox, id, context.clock.now());
    await auditOwner(tx, context, { event: "mail.retried", entity: "mail", entityId: id });
  });
  announceMail(null);
}
