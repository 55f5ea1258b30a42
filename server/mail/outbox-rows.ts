import { and, desc, eq, sql } from "drizzle-orm";
import type { CredentialTables } from "../../db/schema/credentials.ts";
import type { PlaneDb, PlaneTx } from "../auth/plane.ts";
import type { Vault } from "../crypto.ts";
import { AppError, notFound } from "../errors.ts";
import { isId } from "../input.ts";
import { openMail } from "./deliver.ts";
import type { MailTemplate } from "./mail.ts";
import { isTemplate } from "./render.ts";

type Outbox = CredentialTables["outbox"];

/** A mail as an administrator sees it: never what it says. */
export interface OutboxMail {
  readonly id: string;
  /** Null: of a version of the product that knew another one. */
  readonly template: MailTemplate | null;
  /** To whom, while the mail is still here; null once it was handed on or given up. */
  readonly to: string | null;
  readonly status: "waiting" | "sent" | "failed";
  readonly attempts: number;
  readonly nextTryAt: Date | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

/** The newest mails, those that wait or failed before those that were sent. */
// open: part of rules that have authorized
export async function readOutbox(
  db: PlaneDb,
  outbox: Outbox,
  vault: Vault,
  status?: OutboxMail["status"],
): Promise<readonly OutboxMail[]> {
  const rows = await db
    .select()
    .from(outbox)
    .where(status === undefined ? undefined : eq(outbox.status, status))
    .orderBy(sql`${outbox.status} = 'sent'`, desc(outbox.createdAt), desc(outbox.id))
    .limit(200);
  return rows.map((row) => ({
    ...{ id: row.id, status: row.status, attempts: row.attempts, lastError: row.lastError },
    ...{ createdAt: row.createdAt, sentAt: row.sentAt },
    template: isTemplate(row.template) ? row.template : null,
    to: openMail(vault, row)?.to ?? null,
    nextTryAt: row.status === "waiting" ? row.nextTryAt : null,
  }));
}

/**
 * Makes a mail that waits due at once. One that was given up is not kept: what it was for is asked for anew.
 * @throws AppError not-found (404); conflict (409) `mail.not-waiting`.
 */
// open: part of rules that have authorized
export async function makeDue(tx: PlaneTx, outbox: Outbox, id: string, now: Date): Promise<void> {
  const found = tx.select({ status: outbox.status }).from(outbox).where(eq(outbox.id, id));
  const [row] = isId(id) ? await found : [];
  if (row === undefined) throw notFound("mail");
  const due = await tx
    .update(outbox)
    .set({ nextTryAt: now })
    .where(and(eq(outbox.id, id), eq(outbox.status, "waiting")))
    .returning({ id: outbox.id });
  if (due.length === 0)
    throw new AppError(
      "conflict",
      "mail.not-waiting",
      "This mail was sent, or given up and not kept. Send what it was for again.",
    );
}
