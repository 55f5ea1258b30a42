import { audit } from "../../audit/audit.ts";
import { hospitalCredentials } from "../../auth/credentials.ts";
import { authorize } from "../../auth/permissions.ts";
import { announceMail } from "../../mail/announce.ts";
import { makeDue, type OutboxMail, readOutbox } from "../../mail/outbox.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

/** Mail that waits, was given up, or was sent in the last month; not what it says. @throws AppError forbidden (403). */
export async function listOutbox(
  context: HospitalContext,
  status?: OutboxMail["status"],
): Promise<readonly OutboxMail[]> {
  authorize(context.actor, "users:create");
  return readOutbox(context.db, hospitalCredentials(context).tables.outbox, context.hospital.vault, status);
}

/**
 * Tries a mail that waits again at once.
 * @throws AppError not-found (404); conflict (409) `mail.not-waiting`; forbidden (403).
 */
export async function retryMail(context: HospitalContext, id: string): Promise<void> {
  authorize(context.actor, "users:create");
  await context.write(async (tx) => {
    await makeDue(tx, hospitalCredentials(context).tables.outbox, id, context.clock.now());
    await audit(tx, context, { event: "mail.retried", entity: "mail", entityId: id });
  });
  announceMail(context.hospital.id);
}
