import { and, asc, eq, inArray, lte, ne, sql } from "drizzle-orm";
import type { ControlDb, HospitalDb } from "../../db/planes.ts";
import type { CredentialTables } from "../../db/schema/credentials.ts";
import type { Vault } from "../crypto.ts";
import { type MailCarrier, MailRefused, reasonOf } from "./carrier.ts";
import type { SealedMail } from "./mail.ts";
import { isTemplate, renderMail } from "./render.ts";

type Outbox = CredentialTables["outbox"];
export type OutboxRow = Outbox["$inferSelect"];

/** One plane's outbox and what is needed to empty it. */
export interface Delivery {
  readonly db: ControlDb | HospitalDb;
  readonly outbox: Outbox;
  readonly vault: Vault;
  readonly origin: string;
  /** Null where no mail server is set. */
  readonly carrier: MailCarrier | null;
  /** Whether mail may rest in the mailbox page instead. */
  readonly demo: boolean;
  readonly now: Date;
}

const minuteMs = 60_000;
const atOnce = 20;
/** Nobody else takes a mail that is being sent, until the sender must have died. */
const leaseMs = 5 * minuteMs;
const givenUpAfterMs = 24 * 60 * minuteMs;

/** Before the next try: a minute, doubled with each, an hour at most. */
export function pauseAfter(attempts: number): number {
  return Math.min(60, 2 ** Math.max(0, attempts - 1)) * minuteMs;
}

/** Sends what is due of one outbox, at least once each. @returns how many were sent, and how many were not. */
export async function deliverDue(
  delivery: Delivery,
): Promise<{ readonly sent: number; readonly unsent: number }> {
  const { db, outbox, carrier, demo, now } = delivery;
  if (carrier === null && demo) {
    const rested = await db
      .update(outbox)
      .set({ status: "sent", sentAt: now })
      .where(eq(outbox.status, "waiting"))
      .returning({ id: outbox.id });
    return { sent: rested.length, unsent: 0 };
  }
  let sent = 0;
  let unsent = 0;
  for (;;) {
    const rows = await claim(delivery);
    for (const row of rows) {
      const fine = await deliverOne(delivery, row);
      if (fine) sent += 1;
      else unsent += 1;
    }
    if (rows.length < atOnce) return { sent, unsent };
  }
}

async function claim({ db, outbox, now }: Delivery): Promise<readonly OutboxRow[]> {
  const due = db
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(eq(outbox.status, "waiting"), lte(outbox.nextTryAt, now)))
    .orderBy(asc(outbox.createdAt))
    .limit(atOnce)
    .for("update", { skipLocked: true });
  return db
    .update(outbox)
    .set({ nextTryAt: new Date(now.getTime() + leaseMs), attempts: sql`${outbox.attempts} + 1` })
    .where(inArray(outbox.id, due))
    .returning();
}

async function deliverOne(delivery: Delivery, row: OutboxRow): Promise<boolean> {
  const { db, outbox, now } = delivery;
  const note = (values: Partial<OutboxRow>) => db.update(outbox).set(values).where(eq(outbox.id, row.id));
  try {
    await hand(delivery, row);
  } catch (error) {
    const over =
      error instanceof MailRefused ||
      now.getTime() - row.createdAt.getTime() + pauseAfter(row.attempts) > givenUpAfterMs;
    await note({
      lastError: error instanceof MailRefused ? error.message : reasonOf(error),
      // What can no longer be sent is not kept either.
      ...(over
        ? { status: "failed", sealedMessage: null }
        : { nextTryAt: new Date(now.getTime() + pauseAfter(row.attempts)) }),
    });
    return false;
  }
  await note({
    status: "sent",
    sentAt: now,
    lastError: null,
    ...(delivery.carrier === null ? {} : { sealedMessage: null }),
  });
  return true;
}

async function hand({ carrier, vault, origin }: Delivery, row: OutboxRow): Promise<void> {
  if (carrier === null) throw Object.assign(new Error("No mail server is set."), { code: "SMTP_URL" });
  const mail = openMail(vault, row);
  if (mail === null || !isTemplate(row.template)) throw new MailRefused("This mail cannot be read any more.");
  await carrier.deliver(renderMail(row.template, row.language, mail, origin));
}

/** What a row holds; null where it was sent and is gone, or was sealed with a key that is gone. */
export function openMail(vault: Vault, row: OutboxRow): SealedMail | null {
  if (row.sealedMessage === null) return null;
  try {
    return JSON.parse(vault.unseal(row.sealedMessage)) as SealedMail;
  } catch {
    return null;
  }
}

/** Forgets what was sent or given up a month ago. */
export async function forgetOldMail({
  db,
  outbox,
  now,
}: Pick<Delivery, "db" | "outbox" | "now">): Promise<void> {
  const before = new Date(now.getTime() - 30 * 24 * 60 * minuteMs);
  await db.delete(outbox).where(and(ne(outbox.status, "waiting"), lte(outbox.createdAt, before)));
}
