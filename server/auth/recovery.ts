import { sha256 } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { announceMail } from "../mail/announce.ts";
import type { MailLanguage } from "../mail/mail.ts";
import { admitAttempt, countFailure } from "./attempts.ts";
import {
  findLink,
  type LinkPurpose,
  type LinkRow,
  missCode,
  openLinkOf,
  spendLink,
} from "./credential-links.ts";
import type { CredentialRow } from "./credentials.ts";
import { unlockAccount } from "./locks/lock-rows.ts";
import { judgePassword, writePassword } from "./password-change.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import type { Person, Plane } from "./plane.ts";
import { calls } from "./rates/windows.ts";

/** From a link, or from the address and the code of the same mail. */
export type LinkProof = { readonly token: string } | { readonly email: string; readonly code: string };

/** One answer for a link that was used, has expired, was never made, or whose person may not come in. */
const linkGone = () =>
  new AppError("gone", "recovery.link-gone", "This link has expired or was used. Ask for another one.");

/** Asking is free of account and answer; who asks too often is not told so, and nothing is done. */
const asksAnHour = { fromOneAddress: 60, forOneAccount: 5 };
const hourMs = 3_600_000;

function isTooOften({ where, client }: Plane, email: string): boolean {
  const from = calls.take(`r ${where} ${client.address ?? "unknown"}`, asksAnHour.fromOneAddress, hourMs);
  const of = calls.take(`r ${where} ${sha256(email)}`, asksAnHour.forOneAccount, hourMs);
  return from.refused || of.refused;
}

/**
 * Somebody cannot sign in and asks for a way back. The request is written down, whatever the address; whether
 * there is such an account is looked at by a job, after the answer. So the answer and its time are always the same.
 */
// open: whoever has forgotten their password cannot prove who they are
export async function requestReset(
  plane: Plane,
  input: { readonly email: string; readonly language: MailLanguage },
): Promise<void> {
  const email = input.email.trim().toLowerCase();
  if (isTooOften(plane, email)) return;
  const { requests } = plane.credentials.tables;
  await plane.db.insert(requests).values({
    sealedEmail: plane.vault.seal(email),
    language: input.language,
    createdAt: plane.clock.now(),
  });
  announceMail(plane.where === "owner" ? null : plane.where);
}

interface Proved {
  readonly link: LinkRow;
  readonly person: CredentialRow;
}

/** Whose link it is. @throws AppError gone (410) `recovery.link-gone`; too-many (429). */
async function prove(plane: Plane, purpose: LinkPurpose, proof: LinkProof): Promise<Proved> {
  const { credentials, db } = plane;
  const now = plane.clock.now();
  if ("token" in proof) {
    const link = await findLink(db, credentials.tables, purpose, proof.token, now);
    const person = link === null ? null : await credentials.readById(db, link.personId);
    if (link === null || person === null || person.status !== "active") throw linkGone();
    return { link, person };
  }
  // Guessing codes counts as guessing passwords does.
  const attempt = {
    plane,
    where: plane.where,
    email: proof.email.toLowerCase(),
    address: plane.client.address,
  };
  await admitAttempt(attempt);
  const person = await credentials.readByEmail(db, proof.email);
  const link = person === null ? null : await openLinkOf(db, credentials.tables, purpose, person.id, now);
  const fits = await verifyPassword(proof.code.replaceAll(/\s/g, ""), link?.codeHash ?? null);
  if (person === null || link === null || !fits || person.status !== "active") {
    await countFailure(attempt);
    if (link !== null && !fits) await missCode(db, credentials.tables, link, now);
    throw linkGone();
  }
  return { link, person };
}

async function asPerson(plane: Plane, id: string): Promise<Person> {
  const person = await plane.personById(id);
  if (person === null) throw linkGone();
  return person;
}

/** No session stands behind an act that a link proves. */
const noSession = "00000000-0000-0000-0000-000000000000";

/**
 * Chooses a new password by a mailed link or code. It is good once; every session of the person ends, and a mail
 * tells of it. A password that is refused leaves the link as it was.
 * @returns the address whose password it is.
 * @throws AppError gone (410) `recovery.link-gone`; invalid (422) naming `newPassword`; too-many (429).
 */
// open: the mailed link or code is the proof
export async function resetPassword(
  plane: Plane,
  input: { readonly proof: LinkProof; readonly newPassword: string },
): Promise<{ readonly email: string }> {
  const { credentials } = plane;
  const { link, person } = await prove(plane, "reset", input.proof);
  await judgePassword(plane.db, credentials, person, input.newPassword);
  const hash = await hashPassword(input.newPassword);
  const actor = (await asPerson(plane, person.id)).actorIn(noSession);
  const now = plane.clock.now();
  await plane.write(async (tx) => {
    if (!(await spendLink(tx, credentials.tables, link, now))) throw linkGone();
    await writePassword(tx, plane, person, { hash, mustChange: false, now });
    // Whoever holds the address is let in again, whatever others have tried.
    await unlockAccount(tx, plane.lockout, person.email);
    // Who read the mail holds the address.
    if (link.email === person.email) await credentials.change(tx, person.id, { emailVerifiedAt: now }, now);
    await plane.audit(tx, actor, {
      event: `${actor.kind}.password-recovered`,
      entity: actor.kind,
      entityId: person.id,
    });
    await credentials.mail(tx, {
      template: "password-changed",
      to: person.email,
      language: person.language ?? credentials.language,
      data: { name: person.name },
    });
  });
  plane.forget();
  return { email: person.email };
}

/** Whether a link is still good, for the page that asks for the new password. */
// open: tells no more than using it would
export async function isLinkGood(plane: Plane, purpose: LinkPurpose, token: string): Promise<boolean> {
  return (await findLink(plane.db, plane.credentials.tables, purpose, token, plane.clock.now())) !== null;
}

/**
 * Confirms an e-mail address by a mailed link or code. A new address becomes the person's only now; the former
 * one is told.
 * @throws AppError gone (410) `recovery.link-gone`; conflict (409) where somebody else has the address by now.
 */
// open: the mailed link or code is the proof
export async function verifyEmail(plane: Plane, proof: LinkProof): Promise<void> {
  const { credentials } = plane;
  const { link, person } = await prove(plane, "verify-email", proof);
  const actor = (await asPerson(plane, person.id)).actorIn(noSession);
  const now = plane.clock.now();
  await plane.write(async (tx) => {
    if (!(await spendLink(tx, credentials.tables, link, now))) throw linkGone();
    const moved = link.email.toLowerCase() !== person.email.toLowerCase();
    const other = moved ? await credentials.readByEmail(tx, link.email) : null;
    if (other !== null && other.id !== person.id)
      throw new AppError("conflict", "email.taken", "Somebody here signs in with this address already.");
    await credentials.change(tx, person.id, { email: link.email, emailVerifiedAt: now }, now);
    await plane.audit(tx, actor, {
      event: `${actor.kind}.email-${moved ? "changed" : "verified"}`,
      entity: actor.kind,
      entityId: person.id,
    });
    if (moved)
      await credentials.mail(tx, {
        template: "email-changed",
        to: person.email,
        language: person.language ?? credentials.language,
        data: { name: person.name },
      });
  });
  plane.forget();
}
