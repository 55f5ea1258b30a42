import { randomInt } from "node:crypto";
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import type { CredentialTables } from "../../db/schema/credentials.ts";
import { randomSecret, sha256 } from "../crypto.ts";
import type { CredentialRow } from "./credentials.ts";
import { hashPassword } from "./passwords.ts";
import type { PlaneDb, PlaneTx } from "./plane.ts";

export type LinkPurpose = "reset" | "verify-email";
export type LinkRow = CredentialTables["links"]["$inferSelect"];

const lifeMs = 30 * 60_000;
/** So many links are made for one person in an hour; more are asked for by somebody who plays. */
const anHour = 5;
/** So many wrong codes end a link. */
const codeTries = 5;

/** What is mailed, and what of it is kept. */
export interface NewLink {
  readonly secret: string;
  /** For those who cannot follow a link: eight digits, typed together with the e-mail address. */
  readonly code: string;
  readonly row: Pick<LinkRow, "linkHash" | "codeHash">;
}

/** A link and a code. The code is short, so that its hash is as dear as a password's. */
// open: pure
export async function newLink(): Promise<NewLink> {
  const secret = randomSecret();
  const code = String(randomInt(100_000_000)).padStart(8, "0");
  return { secret, code, row: { linkHash: sha256(secret), codeHash: await hashPassword(code) } };
}

/** Keeps a link; those of the same purpose that were mailed before die. False where too many were asked for. */
// open: part of rules that have authorized, or of the answer to who asked
export async function keepLink(
  tx: PlaneTx,
  { links }: Pick<CredentialTables, "links">,
  link: NewLink,
  to: {
    readonly person: Pick<CredentialRow, "id">;
    readonly purpose: LinkPurpose;
    readonly email: string;
    readonly now: Date;
  },
): Promise<boolean> {
  const { person, purpose, email, now } = to;
  const [asked] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(links)
    .where(
      and(
        eq(links.personId, person.id),
        eq(links.purpose, purpose),
        gt(links.createdAt, new Date(now.getTime() - 60 * 60_000)),
      ),
    );
  if ((asked?.count ?? 0) >= anHour) return false;
  await endLinks(tx, { links }, person.id, purpose, now);
  const expiresAt = new Date(now.getTime() + lifeMs);
  await tx
    .insert(links)
    .values({ ...link.row, personId: person.id, purpose, email, createdAt: now, expiresAt });
  return true;
}

/** Ends what was mailed to a person for one purpose. */
// open: part of rules that have authorized, or hold a proof
export async function endLinks(
  tx: PlaneTx,
  { links }: Pick<CredentialTables, "links">,
  personId: string,
  purpose: LinkPurpose,
  now: Date,
): Promise<void> {
  await tx
    .update(links)
    .set({ usedAt: now })
    .where(and(eq(links.personId, personId), eq(links.purpose, purpose), isNull(links.usedAt)));
}

const good = (links: CredentialTables["links"], purpose: LinkPurpose, now: Date) =>
  and(eq(links.purpose, purpose), isNull(links.usedAt), gt(links.expiresAt, now));

/** The link of this secret, while it is good. */
// open: the secret is the proof
export async function findLink(
  db: PlaneDb,
  { links }: Pick<CredentialTables, "links">,
  purpose: LinkPurpose,
  secret: string,
  now: Date,
): Promise<LinkRow | null> {
  const [row] = await db
    .select()
    .from(links)
    .where(and(eq(links.linkHash, sha256(secret)), good(links, purpose, now)));
  return row ?? null;
}

/** The good link that was last mailed to a person, whose code is to be compared. */
// open: hands on a hash to be compared
export async function openLinkOf(
  db: PlaneDb,
  { links }: Pick<CredentialTables, "links">,
  purpose: LinkPurpose,
  personId: string,
  now: Date,
): Promise<LinkRow | null> {
  const [row] = await db
    .select()
    .from(links)
    .where(and(eq(links.personId, personId), good(links, purpose, now)));
  return row ?? null;
}

/** Counts a wrong code; the last one that is allowed ends the link. */
// open: part of comparing a code
export async function missCode(
  db: PlaneDb,
  { links }: Pick<CredentialTables, "links">,
  link: Pick<LinkRow, "id">,
  now: Date,
): Promise<void> {
  await db
    .update(links)
    .set({
      codeFailures: sql`${links.codeFailures} + 1`,
      usedAt: sql`case when ${links.codeFailures} + 1 >= ${codeTries} then ${now.toISOString()}::timestamptz end`,
    })
    .where(and(eq(links.id, link.id), isNull(links.usedAt)));
}

/** Uses a link up. False where somebody was quicker. */
// open: the secret or the code is the proof
export async function spendLink(
  tx: PlaneTx,
  { links }: Pick<CredentialTables, "links">,
  link: Pick<LinkRow, "id">,
  now: Date,
): Promise<boolean> {
  const spent = await tx
    .update(links)
    .set({ usedAt: now })
    .where(and(eq(links.id, link.id), isNull(links.usedAt)))
    .returning({ id: links.id });
  return spent.length === 1;
}
