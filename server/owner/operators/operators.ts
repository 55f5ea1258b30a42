import { and, asc, eq, ne, sql } from "drizzle-orm";
import { hasCode } from "../../../db/databases.ts";
import type { ControlDb, ControlTx } from "../../../db/planes.ts";
import {
  operatorInvitations,
  type operatorStatuses,
  operators,
} from "../../../db/schema/control/operators.ts";
import { auditOwner } from "../../audit/audit.ts";
import { ownerCredentials } from "../../auth/credentials.ts";
import { judgePassword } from "../../auth/password-change.ts";
import { hashPassword } from "../../auth/passwords.ts";
import { authorize, type OperatorRole } from "../../auth/permissions.ts";
import { requireStepUp } from "../../auth/step-up.ts";
import { AppError, notFound, rowChanged } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { emailProblem, textProblem } from "../tenants/new-hospital.ts";

const uniqueViolation = "23505";

const columns = {
  id: operators.id,
  email: operators.email,
  name: operators.name,
  role: operators.role,
  status: operators.status,
  // Written out: of a select from one table Drizzle leaves the table names away.
  tenantIds: sql<
    string[]
  >`array(select t.tenant_id::text from operator_tenants t where t.operator_id = "operators"."id" order by t.assigned_at, 1)`,
  mustChangePassword: operators.mustChangePassword,
  lastSignInAt: operators.lastSignInAt,
  createdAt: operators.createdAt,
  updatedAt: operators.updatedAt,
  version: operators.version,
  invitedUntil: operatorInvitations.expiresAt,
} as const;

const select = (db: ControlDb) =>
  db
    .select(columns)
    .from(operators)
    .leftJoin(operatorInvitations, eq(operatorInvitations.operatorId, operators.id));

export type OperatorStatus = (typeof operatorStatuses)[number];

/** A person of the owner portal, without what proves who they are. */
export type OperatorSummary = Awaited<ReturnType<typeof select>>[number];

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
  return select(context.db).orderBy(asc(sql`lower(${operators.name})`), asc(operators.id));
}

/** One person of the owner portal. @throws AppError not-found (404). */
export async function getOperator(context: OwnerContext, id: string): Promise<OperatorSummary> {
  authorize(context.actor, "operators:edit");
  return readOperator(context.db, id);
}

/** One person of the owner portal, read inside a rule's own transaction. @throws AppError not-found (404). */
// open: part of rules that have authorized
export async function readOperator(db: ControlDb, id: string): Promise<OperatorSummary> {
  const [row] = isId(id) ? await select(db).where(eq(operators.id, id)) : [];
  if (row === undefined) throw notFound("operator");
  return row;
}

/**
 * Adds a person to the owner portal; a super-admin only by a fresh proof of who does it.
 * @throws AppError invalid (422) naming fields, conflict (409) where the email is in use.
 */
export async function createOperator(context: OwnerContext, asked: NewOperator): Promise<OperatorSummary> {
  authorize(context.actor, "operators:edit");
  const person = tidyOperator(asked);
  if (person.role === "super-admin") await requireStepUp(context, "role.grant-admin");
  await judgePassword(context.db, ownerCredentials(context), person, asked.password, "password");
  const passwordHash = await hashPassword(asked.password);
  return refusingTaken(() =>
    context.write((tx) =>
      insertOperator(tx, context, {
        ...person,
        passwordHash,
        status: "active",
        mustChangePassword: asked.mustChangePassword,
      }),
    ),
  );
}

/** The person as kept. @throws AppError invalid (422) naming every field that is wrong. */
// open: pure
export function tidyOperator(
  asked: Pick<NewOperator, "name" | "email" | "role">,
): Pick<NewOperator, "name" | "email" | "role"> {
  const person = {
    name: asked.name.trim(),
    email: asked.email.trim().toLowerCase(),
    role: asked.role,
  };
  const wrong = [textProblem("name", person.name, 2, 120), emailProblem("email", person.email)].filter(
    (problem) => problem !== null,
  );
  if (wrong.length > 0)
    throw new AppError("invalid", "input.invalid", "Some fields need another look.", { fields: wrong });
  return person;
}

/** @throws AppError conflict (409) where another has the address. */
// open: a shell around rules that have authorized
export async function refusingTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (!hasCode(cause, uniqueViolation)) throw error;
    const message = "Somebody with this email is here already.";
    throw new AppError("conflict", "operator.duplicate-email", message, {
      fields: [{ field: "email", code: "taken", message }],
    });
  }
}

/** Writes the row and its audit. */
// open: part of rules that have authorized
export async function insertOperator(
  tx: ControlTx,
  context: OwnerContext,
  person: typeof operators.$inferInsert,
): Promise<OperatorSummary> {
  const now = context.clock.now();
  const [made] = await tx
    .insert(operators)
    .values({ ...person, createdAt: now, updatedAt: now })
    .returning({ id: operators.id });
  if (made === undefined) throw new Error("The operator's row was not returned.");
  await auditOwner(tx, context, {
    event: person.status === "invited" ? "operator.invited" : "operator.created",
    entity: "operator",
    entityId: made.id,
    details: { role: person.role },
  });
  return readOperator(tx, made.id);
}

/**
 * The person as they stand, held until the transaction ends, and with them the set of super-admins, so that two
 * who are removed at the same moment can't each take the other for the one who stays.
 * @throws AppError not-found (404), precondition-failed (412).
 */
// open: part of rules that have authorized
export async function lockOperator(tx: ControlTx, id: string, version?: number): Promise<OperatorSummary> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('operators.super-admins', 0))`);
  await readOperator(tx, id);
  await tx.select({ id: operators.id }).from(operators).where(eq(operators.id, id)).for("update");
  const current = await readOperator(tx, id);
  if (version !== undefined && current.version !== version) throw rowChanged();
  return current;
}

/**
 * After `lockOperator`, before somebody stops being an active super-admin; the database refuses it too.
 * @throws AppError conflict (409) `operator.last-super-admin`.
 */
// open: part of rules that have authorized
export async function refuseLastSuperAdmin(tx: ControlTx, person: OperatorSummary): Promise<void> {
  if (person.role !== "super-admin" || person.status !== "active") return;
  const [other] = await tx
    .select({ id: operators.id })
    .from(operators)
    .where(
      and(eq(operators.role, "super-admin"), eq(operators.status, "active"), ne(operators.id, person.id)),
    )
    .limit(1);
  if (other === undefined)
    throw new AppError(
      "conflict",
      "operator.last-super-admin",
      "This is the last active super-admin. Make somebody else one first.",
    );
}
