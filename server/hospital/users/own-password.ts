import { hospitalCredentials } from "../../auth/credentials.ts";
import { judgePassword } from "../../auth/password-change.ts";
import { hashPassword } from "../../auth/passwords.ts";
import type { HospitalGate } from "../../tenancy/context.ts";

/** Judges and hashes a password that somebody chose for themselves. @throws AppError invalid (422) naming `password`. */
// open: part of rules whose proof is a link
export async function hashOwnPassword(
  gate: Pick<HospitalGate, "db" | "hospital" | "clock">,
  person: { readonly name: string; readonly email: string },
  password: string,
): Promise<string> {
  await judgePassword(gate.db, hospitalCredentials(gate), person, password, "password");
  return hashPassword(password);
}
