import { and, desc, eq, isNull, notInArray } from "drizzle-orm";
import type { SessionTables } from "../../db/schema/sessions.ts";
import { invalidField } from "../errors.ts";
import type { CredentialRow, Credentials } from "./credentials.ts";
import { provenByPassword } from "./current-password.ts";
import { problemOf, refusePassword } from "./password-judgement.ts";
import { readPolicy } from "./password-policy.ts";
import { hashPassword, isOldHash, verifyPassword } from "./passwords.ts";
import type { Account, Plane, PlaneDb, PlaneTx } from "./plane.ts";
import { endSessionsOf } from "./sessions.ts";

/**
 * Judges a password that somebody is to have by the policy in force, by who they are and by those they had.
 * @throws AppError invalid (422) naming the field.
 */
// open: tells nothing but what is wrong with what was typed
export async function judgePassword(
  db: PlaneDb,
  credentials: Pick<Credentials, "tables" | "names">,
  person: Pick<CredentialRow, "name" | "email"> & { readonly id?: string; readonly passwordHash?: string },
  password: string,
  field = "newPassword",
): Promise<void> {
  const policy = await readPolicy(db, credentials.tables);
  refusePassword(problemOf(field, password, policy, { ...person, places: credentials.names }));
  if (person.id === undefined) return;
  const { history } = credentials.tables;
  const former = await db
    .select({ passwordHash: history.passwordHash })
    .from(history)
    .where(eq(history.personId, person.id))
    .orderBy(desc(history.createdAt), desc(history.id))
    .limit(policy.remembered);
  const hashes = [
    ...(person.passwordHash === undefined ? [] : [person.passwordHash]),
    ...former.map((row) => row.passwordHash),
  ];
  for (const hash of hashes)
    if (await verifyPassword(password, hash))
      throw invalidField(field, "used-before", "You had this password before. Choose another.");
}

/**
 * Gives a person a password, in the transaction of whoever changes it: the former is remembered, every link that
 * was mailed to them dies, and their sessions end but the one that is named.
 */
// open: part of rules that have authorized, or hold a proof
export async function writePassword(
  tx: PlaneTx,
  plane: Pick<Plane, "credentials"> & { readonly tables: SessionTables },
  person: CredentialRow,
  password: {
    readonly hash: string;
    readonly mustChange: boolean;
    readonly now: Date;
    readonly keepSession?: string;
  },
): Promise<void> {
  const { credentials } = plane;
  const { history, links } = credentials.tables;
  const { now } = password;
  await tx.insert(history).values({ personId: person.id, passwordHash: person.passwordHash, createdAt: now });
  const { remembered } = await readPolicy(tx, credentials.tables);
  const kept = tx
    .select({ id: history.id })
    .from(history)
    .where(eq(history.personId, person.id))
    .orderBy(desc(history.createdAt), desc(history.id))
    .limit(Math.max(1, remembered));
  await tx.delete(history).where(and(eq(history.personId, person.id), notInArray(history.id, kept)));
  await credentials.change(
    tx,
    person.id,
    { passwordHash: password.hash, mustChangePassword: password.mustChange, passwordChangedAt: now },
    now,
  );
  await tx
    .update(links)
    .set({ usedAt: now })
    .where(and(eq(links.personId, person.id), eq(links.purpose, "reset"), isNull(links.usedAt)));
  await endSessionsOf(tx, plane.tables, person.id, now, password.keepSession);
}

/**
 * Changes one's own password. Wrong tries count as failed sign-ins; all other sessions end, and a mail tells of it.
 * @throws AppError invalid (422) naming the field; too-many (429).
 */
// open: one's own account, proved by the current password
export async function changeOwnPassword(
  account: Account,
  input: { readonly currentPassword: string; readonly newPassword: string },
): Promise<void> {
  const { plane, actor, personId, sessionId } = account;
  const { credentials, clock } = plane;
  const person = await provenByPassword(account, input.currentPassword);
  await judgePassword(plane.db, credentials, person, input.newPassword);
  const hash = await hashPassword(input.newPassword);
  await plane.write(async (tx) => {
    await writePassword(tx, plane, person, {
      hash,
      mustChange: false,
      now: clock.now(),
      keepSession: sessionId,
    });
    await plane.audit(tx, actor, {
      event: `${actor.kind}.password-changed`,
      entity: actor.kind,
      entityId: personId,
    });
    await credentials.mail(tx, {
      template: "password-changed",
      to: person.email,
      language: person.language ?? credentials.language,
      data: { name: person.name },
    });
  });
  plane.forget();
}

/** After a right password: where its hash was made at another cost than today's, it is made anew. */
// open: part of sign-in, which has verified the password
export async function renewHash(
  plane: Plane,
  personId: string,
  hash: string,
  password: string,
): Promise<void> {
  if (plane.isCopy || !isOldHash(hash)) return;
  const passwordHash = await hashPassword(password);
  await plane.write(async (tx) => {
    const person = await plane.credentials.readById(tx, personId);
    // Only while it is still the one that was verified.
    if (person?.passwordHash === hash)
      await plane.credentials.change(tx, personId, { passwordHash }, plane.clock.now());
  });
}
