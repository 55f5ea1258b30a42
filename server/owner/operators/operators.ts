import { asc, eq, sql } from "drizzle-orm";
import { hasCode } from "../../../db/databases.ts";
import type { ControlTx } from "../../../db/planes.ts";
import { operators } from "../../../db/schema/control/operators.ts";
import { auditOwner } from "../../audit/audit.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { authorize, type OperatorRole } from "../../auth/permissions.ts";
import { AppError, type FieldError } from "../../errors.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { emailProblem, passwordProblem, textProblem } from "../tenants/new-hospital.ts";

const uniqueViolation = "23505";

const columns = {
  id: operators.id,
  email: operators.email,
  name: operators.name,
  role: operators.role,
  status: operators.status,
  mustChangePassword: operators.mustChangePassword,
  lastSignInAt: operators.lastSignInAt,
  createdAt: operators.createdAt,
} as const;

/** A person of the owner portal, without what proves who they are. */
export interface OperatorSummary {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly status: "active" | "suspended";
  readonly mustChangePassword: boolean;
  readonly lastSignInAt: Date | null;
  readonly createdAt: Date;
}

export interface NewOperator {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly role: OperatorRole;
  /** Whether the password was made for them and has to be changed at the first sign-in. */
  readonly mustChangePassword: boolean;
}

/** The people of the owner portal, by name. */
export async function listOperators(context: OwnerContext): Promise<readonly OperatorSummary[]> {
  authorize(context.actor, "operators:edit");
  return context.db
    .select(columns)
    .from(operators)
    .orderBy(asc(sql`lower(${operators.name})`), asc(operators.id));
}

/**
 * Adds a person to the owner portal.
 * @throws AppError invalid (422) naming fields, conflict (409) where the email is in use.
 */
export async function createOperator(context: OwnerContext, asked: NewOperator): Promise<OperatorSummary> {
  authorize(context.actor, "operators:edit");
  const person = { ...asked, name: asked.name.trim(), email: asked.email.trim().toLowerCase() };
  const wrong = [
    textProblem("name", person.name, 2, 120),
    emailProblem("email", person.email),
    passwordProblem("password", person.password),
  ].filter((problem) => problem !== null);
  if (wrong.length > 0) throw refused(wrong);
  const passwordHash = await hashPassword(person.password);
  try {
    return await context.write((tx) => insert(tx, context, { ...person, passwordHash }));
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (!hasCode(cause, uniqueViolation)) throw error;
    const message = "Somebody with this email is here already.";
    throw new AppError("conflict", "operator.duplicate-email", message, {
      fields: [{ field: "email", code: "taken", message }],
    });
  }
}

/** Gives an operator another password. @returns its hash. @throws AppError invalid (422) naming `password`. */
export async function setOperatorPassword(
  context: OwnerContext,
  id: string,
  password: string,
): Promise<string> {
  authorize(context.actor, "operators:edit");
  const wrong = passwordProblem("password", password);
  if (wrong !== null) throw refused([wrong]);
  const passwordHash = await hashPassword(password);
  await context.write(async (tx) => {
    await tx
      .update(operators)
      .set({ passwordHash, updatedAt: context.clock.now(), version: sql`${operators.version} + 1` })
      .where(eq(operators.id, id));
    await auditOwner(tx, context, { event: "operator.password-set", entity: "operator", entityId: id });
  });
  return passwordHash;
}

async function insert(
  tx: ControlTx,
  context: OwnerContext,
  { password: _password, ...person }: NewOperator & { readonly passwordHash: string },
): Promise<OperatorSummary> {
  const now = context.clock.now();
  const [made] = await tx
    .insert(operators)
    .values({ ...person, createdAt: now, updatedAt: now })
    .returning(columns);
  if (made === undefined) throw new Error("The operator's row was not returned.");
  await auditOwner(tx, context, {
    event: "operator.created",
    entity: "operator",
    entityId: made.id,
    details: { role: made.role },
  });
  return made;
}

function refused(fields: readonly FieldError[]): AppError {
  return new AppError("invalid", "input.invalid", "Some fields need another look.", { fields });
}
