import { asc, eq, sql } from "drizzle-orm";
import type { HospitalDb, HospitalTx } from "../../../db/planes.ts";
import { departments } from "../../../db/schema/hospital/departments.ts";
import { audit } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { invalidField, notFound, rowChanged } from "../../errors.ts";
import { isId } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { requireWholeHospital } from "../users/user-scope.ts";
import type { ChangeDepartmentInput, CreateDepartmentInput } from "./departments.input.ts";

const select = (db: HospitalDb) =>
  db
    .select({
      id: departments.id,
      key: departments.key,
      name: departments.name,
      description: departments.description,
      active: departments.active,
      // Written out: of a select from one table Drizzle leaves the table names away.
      users: sql<number>`(select count(*)::int from users u where u.department_id = "departments"."id" or exists (select from user_departments d where d.user_id = u.id and d.department_id = "departments"."id"))`,
      updatedAt: departments.updatedAt,
      version: departments.version,
    })
    .from(departments);

export type Department = Awaited<ReturnType<typeof select>>[number];

const tidy = (text: string) => text.normalize("NFC").replace(/\s+/gu, " ").trim();

/** All departments by name, those out of use last. @throws AppError forbidden (403). */
export async function listDepartments(context: HospitalContext): Promise<readonly Department[]> {
  authorize(context.actor, "departments:read");
  return select(context.db).orderBy(
    sql`${departments.active} desc`,
    asc(sql`lower(${departments.name})`),
    asc(departments.id),
  );
}

/** One department. @throws AppError not-found (404); forbidden (403). */
export async function getDepartment(context: HospitalContext, id: string): Promise<Department> {
  authorize(context.actor, "departments:read");
  return readDepartment(context.db, id);
}

async function readDepartment(db: HospitalDb, id: string): Promise<Department> {
  const [row] = isId(id) ? await select(db).where(eq(departments.id, id)) : [];
  if (row === undefined) throw notFound("department");
  return row;
}

async function nameOf(tx: HospitalTx, given: string, but: string | null): Promise<string> {
  const name = tidy(given);
  if (name === "") throw invalidField("name", "required", "Enter this.");
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`departments.name ${name.toLowerCase()}`}, 0))`,
  );
  const [other] = await tx
    .select({ id: departments.id })
    .from(departments)
    .where(
      sql`lower(${departments.name}) = ${name.toLowerCase()} and ${departments.id} is distinct from ${but}::uuid`,
    );
  if (other !== undefined) throw invalidField("name", "taken", "There is a department of that name already.");
  return name;
}

const descriptionOf = (text: string | null) => (text === null ? null : tidy(text) || null);

/** Adds a department. @throws AppError invalid (422); forbidden (403). */
export async function createDepartment(
  context: HospitalContext,
  input: CreateDepartmentInput,
): Promise<Department> {
  authorize(context.actor, "departments:edit");
  requireWholeHospital(context.actor);
  const now = context.clock.now();
  return context.write(async (tx) => {
    const id = Bun.randomUUIDv7();
    await tx.insert(departments).values({
      ...{ id, key: `department-${id}`, name: await nameOf(tx, input.name, null) },
      description: descriptionOf(input.description ?? null),
      ...{ createdAt: now, updatedAt: now },
    });
    await audit(tx, context, { event: "department.created", entity: "department", entityId: id });
    return readDepartment(tx, id);
  });
}

/**
 * Changes a department, or takes it out of use: those who belong to it stay, nobody new is put into it.
 * @throws AppError not-found (404); precondition-failed (412); invalid (422); forbidden (403).
 */
export async function updateDepartment(
  context: HospitalContext,
  id: string,
  input: ChangeDepartmentInput,
  version?: number,
): Promise<Department> {
  authorize(context.actor, "departments:edit");
  requireWholeHospital(context.actor);
  const now = context.clock.now();
  return context.write(async (tx) => {
    await readDepartment(tx, id);
    await tx.select({ id: departments.id }).from(departments).where(eq(departments.id, id)).for("update");
    const current = await readDepartment(tx, id);
    if (version !== undefined && current.version !== version) throw rowChanged();
    const values = {
      ...(input.name === undefined ? {} : { name: await nameOf(tx, input.name, id) }),
      ...(input.description === undefined ? {} : { description: descriptionOf(input.description) }),
      ...(input.active === undefined ? {} : { active: input.active }),
    };
    const fields = Object.entries(values)
      .filter(([field, value]) => Reflect.get(current, field) !== value)
      .map(([field]) => field);
    if (fields.length === 0) return current;
    await tx
      .update(departments)
      .set({ ...values, version: sql`${departments.version} + 1`, updatedAt: now })
      .where(eq(departments.id, id));
    await audit(tx, context, {
      event: "department.updated",
      entity: "department",
      entityId: id,
      details: { fields },
    });
    return readDepartment(tx, id);
  });
}
