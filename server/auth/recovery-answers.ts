import { and, asc, eq, isNull, lt } from "drizzle-orm";
import type { Vault } from "../crypto.ts";
import type { MailLanguage } from "../mail/mail.ts";
import { keepLink, newLink } from "./credential-links.ts";
import type { CredentialRow, Credentials } from "./credentials.ts";
import type { PlaneDb, PlaneTx } from "./plane.ts";

/** One plane, as the job that answers requests sees it. */
export interface RecoveryPlane {
  readonly credentials: Credentials;
  readonly vault: Vault;
  readonly db: PlaneDb;
  readonly now: Date;
  write<T>(work: (tx: PlaneTx) => Promise<T>): Promise<T>;
}

const atOnce = 50;
/** A request that could not be read for so long is nobody's any more. */
const forgottenAfterMs = 24 * 60 * 60_000;

/** Mails a link to everyone who asked for a way back and has an account here. @returns how many were looked at. */
// open: called by the mail job alone
export async function answerRecoveryRequests(plane: RecoveryPlane): Promise<number> {
  const { requests } = plane.credentials.tables;
  const { db, now } = plane;
  const waiting = await db
    .select()
    .from(requests)
    .where(isNull(requests.handledAt))
    .orderBy(asc(requests.createdAt))
    .limit(atOnce);
  for (const request of waiting) {
    const link = await newLink();
    await plane.write(async (tx) => {
      const [claimed] = await tx
        .update(requests)
        .set({ handledAt: now, sealedEmail: "" })
        .where(and(eq(requests.id, request.id), isNull(requests.handledAt)))
        .returning({ id: requests.id });
      if (claimed === undefined) return;
      const person = await personOf(plane, tx, request.sealedEmail);
      if (person === null || person.status !== "active") return;
      const to = { person, purpose: "reset" as const, email: person.email, now };
      if (!(await keepLink(tx, plane.credentials.tables, link, to))) return;
      await plane.credentials.mail(tx, {
        template: "password-reset",
        to: person.email,
        language: person.language ?? (request.language as MailLanguage),
        data: { name: person.name, code: link.code },
        path: `/reset-password?token=${link.secret}`,
      });
    });
  }
  await db.delete(requests).where(lt(requests.createdAt, new Date(now.getTime() - forgottenAfterMs)));
  return waiting.length;
}

async function personOf(
  plane: RecoveryPlane,
  tx: PlaneTx,
  sealedEmail: string,
): Promise<CredentialRow | null> {
  let email: string;
  try {
    email = plane.vault.unseal(sealedEmail);
  } catch {
    // Sealed with a key that is gone: they will ask again.
    return null;
  }
  return plane.credentials.readByEmail(tx, email);
}
