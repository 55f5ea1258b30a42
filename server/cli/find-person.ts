import { eq, sql } from "drizzle-orm";
import { operators } from "../../db/schema/control/operators.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { AppError } from "../errors.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";

const nobody = (email: string) =>
  new AppError("not-found", "person.not-found", `Nobody here has the address ${email}.`);

/** One of a hospital's staff, named by the address they sign in with. @throws AppError not-found. */
export async function userIdOf(context: HospitalContext, email: string): Promise<string> {
  const [row] = await context.db
    .select({ id: users.id })
    .from(users)
    .where(eq(sql`lower(${users.email})`, email.trim().toLowerCase()));
  if (row === undefined) throw nobody(email);
  return row.id;
}

/** The same for the owner portal. @throws AppError not-found. */
export async function operatorIdOf(context: OwnerContext, email: string): Promise<string> {
  const [row] = await context.db
    .select({ id: operators.id })
    .from(operators)
    .where(eq(sql`lower(${operators.email})`, email.trim().toLowerCase()));
  if (row === undefined) throw nobody(email);
  return row.id;
}
