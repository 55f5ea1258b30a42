import { invalidField } from "../errors.ts";
import { admitAttempt, countFailure } from "./attempts.ts";
import type { CredentialRow } from "./credentials.ts";
import { verifyPassword } from "./passwords.ts";
import type { Account } from "./plane.ts";

/**
 * Whose account it is, by the password they have. Wrong tries count as failed sign-ins.
 * @throws AppError invalid (422) naming `currentPassword`; too-many (429).
 */
// open: one's own account, this is how it is proved
export async function provenByPassword(
  { plane, personId }: Account,
  currentPassword: string,
): Promise<CredentialRow> {
  const person = await plane.credentials.readById(plane.db, personId);
  const attempt = {
    plane,
    where: plane.where,
    email: person?.email.toLowerCase() ?? "",
    address: plane.client.address,
  };
  await admitAttempt(attempt);
  if (person === null || !(await verifyPassword(currentPassword, person.passwordHash))) {
    await countFailure(attempt);
    throw invalidField("currentPassword", "invalid", "This is not your current password.");
  }
  return person;
}
