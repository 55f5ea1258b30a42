import { eq } from "drizzle-orm";
import type { ControlTx } from "../../../db/planes.ts";
import { operators } from "../../../db/schema/control/operators.ts";
import { ownerCredentials } from "../../auth/credentials.ts";
import { judgePassword } from "../../auth/password-change.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { notFound } from "../../errors.ts";
import type { OwnerGate } from "../../tenancy/context.ts";

/** The demonstration's operator gets the password that this start has. */
// open: part of the demonstration, which has no real data
export async function keepDemoPassword(tx: ControlTx, id: string, passwordHash: string): Promise<void> {
  await tx.update(operators).set({ passwordHash }).where(eq(operators.id, id));
}

/** Judges and hashes a password that somebody chose for themselves, then writes it by `work`. */
// open: part of rules whose proof is a link
export async function setOwnPassword<T>(
  gate: OwnerGate,
  operatorId: string,
  password: string,
  work: (tx: ControlTx, passwordHash: string) => Promise<T>,
): Promise<T> {
  const credentials = ownerCredentials(gate);
  const person = await credentials.readById(gate.db, operatorId);
  if (person === null) throw notFound("operator");
  const { name, email } = person;
  await judgePassword(gate.db, credentials, { name, email }, password, "password");
  const passwordHash = await hashPassword(password);
  return gate.write((tx) => work(tx, passwordHash));
}
