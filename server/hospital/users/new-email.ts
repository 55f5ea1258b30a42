import type { HospitalTx } from "../../../db/planes.ts";
import { endLinks, type NewLink } from "../../auth/credential-links.ts";
import { hospitalCredentials } from "../../auth/credentials.ts";
import { askToConfirm } from "../../auth/email-change.ts";
import type { HospitalContext } from "../../tenancy/context.ts";

/**
 * Somebody was given another address: it is theirs to sign in with, and to be confirmed; what was mailed to the
 * former one leads nowhere any more.
 */
// open: part of rules that have authorized
export async function confirmNewEmail(
  tx: HospitalTx,
  context: HospitalContext,
  userId: string,
  link: NewLink,
): Promise<void> {
  const credentials = hospitalCredentials(context);
  const now = context.clock.now();
  const person = await credentials.readById(tx, userId);
  if (person === null) return;
  await endLinks(tx, credentials.tables, userId, "reset", now);
  await credentials.change(tx, userId, { emailVerifiedAt: null }, now);
  await askToConfirm(tx, credentials, person, person.email, link, now);
}
