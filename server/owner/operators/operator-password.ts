import type { ControlTx } from "../../../db/planes.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { AppError } from "../../errors.ts";
import type { OwnerGate } from "../../tenancy/context.ts";
import { passwordProblem } from "../tenants/new-hospital.ts";

/** Judges and hashes a password that somebody chose for themselves, then writes it by `work`. */
// open: part of rules whose proof is a link
export async function setOwnPassword<T>(
  gate: OwnerGate,
  _operatorId: string,
  password: string,
  work: (tx: ControlTx, passwordHash: string) => Promise<T>,
): Promise<T> {
  const wrong = passwordProblem("password", password);
  if (wrong !== null)
    throw new AppError("invalid", "input.invalid", "Some fields need another look.", { fields: [wrong] });
  const passwordHash = await hashPassword(password);
  return gate.write((tx) => work(tx, passwordHash));
}
