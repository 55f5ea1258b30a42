import { eq, sql } from "drizzle-orm";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { users } from "../../../db/schema/hospital/users.ts";
import type { UserActor } from "../../../server/auth/permissions.ts";
import type { TestHospital } from "../../support/app.ts";
import { emailOf, type StaffRole } from "../../support/cast.ts";
import type { Client } from "../../support/client.ts";
import { type PatientAnswer, patientsPath, register } from "../patients/support.ts";

/** The id of a member of the cast. */
export async function idOf(hospital: TestHospital, role: StaffRole): Promise<string> {
  const [row] = await hospital
    .system()
    .db.select({ id: users.id })
    .from(users)
    .where(eq(users.email, emailOf(role, hospital.subdomain)));
  if (row === undefined) throw new Error(`There is no ${role}.`);
  return row.id;
}

/** Registers a patient and restricts the record; nobody is named for it. */
export async function restricted(
  admin: Client,
  more: Readonly<Record<string, unknown>> = {},
): Promise<PatientAnswer> {
  const patient = await register(admin, more);
  const answer = await admin.send(`${patientsPath}/${patient.id}/restriction`, {
    ...{ method: "PUT", json: { reason: "a colleague of ours" } },
  });
  if (answer.status !== 200) throw new Error(`Restricting answered ${answer.status}.`);
  return patient;
}

export const inNeed = { reason: "emergency", explanation: "Unconscious in the emergency room" };

/** Opens a restricted record by giving a reason. */
export function breakGlass(client: Client, id: string, json: unknown = inNeed): Promise<Response> {
  return client.send(`${patientsPath}/${id}/glass-breaks`, { json });
}

/** A member of the cast as the rules see them. */
export async function actorOf(hospital: TestHospital, role: StaffRole): Promise<UserActor> {
  const userId = await idOf(hospital, role);
  const [row] = await hospital.system().db.select().from(roles).where(eq(roles.key, role));
  if (row === undefined) throw new Error(`There is no role ${role}.`);
  return {
    ...{ kind: "user", userId, sessionId: userId, name: role, email: `${role}@example.com` },
    ...{ roleId: row.id, roleKey: row.key, roleName: row.name, departments: null },
    permissions: new Set(row.permissions),
  };
}

const instantsOf = {
  glass_breaks: ["broken_at", "expires_at"],
  patient_access: ["until"],
} as const;

/** As if the rows of a table had been written so much earlier. */
export async function makeOlder(
  hospital: TestHospital,
  table: keyof typeof instantsOf,
  byMs: number,
): Promise<void> {
  const changes = instantsOf[table].map(
    (column) =>
      sql`${sql.identifier(column)} = ${sql.identifier(column)} - ${`${byMs} milliseconds`}::interval`,
  );
  await hospital.system().db.execute(sql`update ${sql.identifier(table)} set ${sql.join(changes, sql`, `)}`);
}
