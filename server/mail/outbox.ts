import { hospitalCredentials, ownerCredentials } from "../auth/credentials.ts";
import { authorizeAt, type EitherContext, writeNoted } from "../auth/either-side.ts";
import { announceMail } from "./announce.ts";
import { makeDue, type OutboxMail, readOutbox } from "./outbox-rows.ts";

/** Whoever lets people in sees whether the mail reached them. */
const toSee = { hospital: "users:create", owner: "operators:edit" } as const;

/** The outbox on the side of who asks, what opens its mails, and whom its carrier listens for. */
function outboxOf(context: EitherContext) {
  return "hospital" in context
    ? {
        outbox: hospitalCredentials(context).tables.outbox,
        vault: context.hospital.vault,
        place: context.hospital.id,
      }
    : { outbox: ownerCredentials(context).tables.outbox, vault: context.vault, place: null };
}

/** Mail that waits, was given up, or was sent in the last month; not what it says. @throws AppError forbidden (403). */
export async function listOutbox(
  context: EitherContext,
  status?: OutboxMail["status"],
): Promise<readonly OutboxMail[]> {
  authorizeAt(context, toSee);
  const { outbox, vault } = outboxOf(context);
  return readOutbox(context.db, outbox, vault, status);
}

/**
 * Tries a mail that waits again at once.
 * @throws AppError not-found (404); conflict (409) `mail.not-waiting`; forbidden (403).
 */
export async function retryMail(context: EitherContext, id: string): Promise<void> {
  authorizeAt(context, toSee);
  const { outbox, place } = outboxOf(context);
  await writeNoted(context, async (tx, note) => {
    await makeDue(tx, outbox, id, context.clock.now());
    await note({ event: "mail.retried", entity: "mail", entityId: id });
  });
  announceMail(place);
}
