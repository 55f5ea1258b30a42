import { and, type Column, eq, gt, isNull } from "drizzle-orm";
import { randomSecret, sha256 } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { hashPassword } from "./passwords.ts";

/** How long the link of an invitation works. */
export const invitationLifeMs = 7 * 24 * 60 * 60_000;

/** A new link's secret: the token goes into the mail, its hash into the row. */
// open: pure
export function newInvitation(now: Date): {
  readonly token: string;
  readonly row: { readonly tokenHash: string; readonly sentAt: Date; readonly expiresAt: Date };
} {
  const token = randomSecret();
  const expiresAt = new Date(now.getTime() + invitationLifeMs);
  return { token, row: { tokenHash: sha256(token), sentAt: now, expiresAt } };
}

let locked: Promise<string> | undefined;

/** The hash of a password that nobody knows, for an account that waits for its person. */
// open: pure
export function lockedPasswordHash(): Promise<string> {
  locked ??= hashPassword(randomSecret());
  return locked;
}

/** One answer for a link that was used, has expired, was withdrawn or never was. */
// open: pure
export function invitationGone(): AppError {
  return new AppError(
    "gone",
    "invitation.gone",
    "This invitation has expired, was used or was withdrawn. Ask who invited you for another one.",
  );
}

/** Where a link leads on the portal that it is for. */
// open: pure
export function invitationPath(token: string): string {
  return `/invitations/${token}`;
}

/** Whether this can be a token at all. */
// open: pure
export function looksLikeToken(token: string): boolean {
  return /^[A-Za-z0-9_-]{20,100}$/.test(token);
}

/** Whom a link invites. */
export interface Invited {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

interface InvitationColumns {
  readonly tokenHash: Column;
  readonly acceptedAt: Column;
  readonly expiresAt: Column;
}

/** The invitation of this link, as long as nobody has come in by it. */
// open: pure
export function notSpent(invitations: Omit<InvitationColumns, "expiresAt">, token: string) {
  return and(eq(invitations.tokenHash, sha256(token)), isNull(invitations.acceptedAt));
}

/** The same, while the link works. */
// open: pure
export function stillOpen(invitations: InvitationColumns, token: string, now: Date) {
  return and(notSpent(invitations, token), gt(invitations.expiresAt, now));
}

/** An invitation is sent again or taken back only while its person waits. @throws AppError conflict (409) `invitation.accepted`. */
// open: pure
export function refuseAccepted({ status }: { readonly status: string }): void {
  if (status !== "invited")
    throw new AppError("conflict", "invitation.accepted", "They have come in already.");
}
