import { keepLink, type NewLink, newLink } from "./credential-links.ts";
import type { CredentialRow, Credentials } from "./credentials.ts";
import { provenByPassword } from "./current-password.ts";
import type { Account, PlaneTx } from "./plane.ts";

/** Mails a link by which a person confirms an address, in the transaction of whoever gave it to them. */
// open: part of rules that have authorized
export async function askToConfirm(
  tx: PlaneTx,
  credentials: Credentials,
  person: CredentialRow,
  email: string,
  link: NewLink,
  now: Date,
): Promise<void> {
  const to = { person, purpose: "verify-email" as const, email, now };
  if (!(await keepLink(tx, credentials.tables, link, to))) return;
  await credentials.mail(tx, {
    template: "verify-email",
    to: email,
    language: person.language ?? credentials.language,
    data: { name: person.name, code: link.code },
    path: `/verify-email?token=${link.secret}`,
  });
}

/**
 * Asks to sign in with another e-mail address from now on, or to confirm one's own. It becomes the address once
 * it is confirmed from there; whether somebody else has it is not told.
 * @throws AppError invalid (422) naming `currentPassword`; too-many (429).
 */
// open: one's own account, proved by the current password
export async function requestEmailChange(
  account: Account,
  input: { readonly email: string; readonly currentPassword: string },
): Promise<void> {
  const { plane, actor, personId } = account;
  const { credentials, clock } = plane;
  const person = await provenByPassword(account, input.currentPassword);
  const email = input.email.trim().toLowerCase();
  const link = await newLink();
  await plane.write(async (tx) => {
    await plane.audit(tx, actor, {
      event: `${actor.kind}.email-change-asked`,
      entity: actor.kind,
      entityId: personId,
    });
    const other = await credentials.readByEmail(tx, email);
    if (other === null || other.id === personId)
      await askToConfirm(tx, credentials, person, email, link, clock.now());
  });
}
