import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { asc, eq } from "drizzle-orm";
import { dropDatabase } from "../../db/databases.ts";
import { operators } from "../../db/schema/control/operators.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { patients } from "../../db/schema/hospital/patients.ts";
import { limits } from "../../db/schema/hospital/settings.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { verifyPassword } from "../../server/auth/passwords.ts";
import { demoHospitals, demoOwnerEmail, seedDemo } from "../../server/bridge/demo.ts";
import { poolOf } from "../../server/bridge/tenant-places.ts";
import { type OwnerPlane, startOwnerPlane } from "./owner-plane.ts";

// Databases are made here; a busy machine takes its time.
setDefaultTimeout(30_000);

let plane: OwnerPlane;

beforeAll(async () => {
  plane = await startOwnerPlane();
});
afterAll(async () => {
  const made = await plane.owner().db.select().from(tenants);
  const places = made.flatMap((tenant) => [
    tenant.primaryDatabase,
    tenant.copyDatabase ?? tenant.primaryDatabase,
  ]);
  await plane.close();
  for (const name of places) await dropDatabase(plane.admin, name);
});

const staffOf = async (subdomain: string) => {
  const [tenant] = await plane.owner().db.select().from(tenants).where(eq(tenants.subdomain, subdomain));
  const pool = await poolOf(plane.services, tenant?.id ?? "");
  return { pool, people: await pool.db.select().from(users).orderBy(asc(users.email)) };
};

test("two hospitals with four people each and an owner share one password; no patient is made up", async () => {
  await seedDemo(plane.services, "first-demo-password");
  await seedDemo(plane.services, "first-demo-password");
  for (const { subdomain } of demoHospitals) {
    const { pool, people } = await staffOf(subdomain);
    expect(people.map((person) => person.email)).toEqual(
      ["admin", "doctor", "nurse", "receptionist"].map((role) => `${role}@${subdomain}.example`),
    );
    for (const person of people)
      expect(await verifyPassword("first-demo-password", person.passwordHash)).toBe(true);
    expect(await pool.db.$count(patients)).toBe(0);
    expect(await pool.db.select().from(limits).where(eq(limits.resource, "users"))).toMatchObject([
      { used: 4 },
    ]);
  }
  const [owner] = await plane.owner().db.select().from(operators).where(eq(operators.email, demoOwnerEmail));
  expect(await verifyPassword("first-demo-password", owner?.passwordHash ?? null)).toBe(true);
});

test("a start with another demo password gives it to all of them", async () => {
  await seedDemo(plane.services, "second-demo-password");
  const { people } = await staffOf("ramzan");
  for (const person of people)
    expect(await verifyPassword("second-demo-password", person.passwordHash)).toBe(true);
});

test("outside the demonstration there are no demo accounts", async () => {
  const services = { ...plane.services, env: { ...plane.services.env, demo: false } };
  expect(seedDemo(services, "a-demo-password")).rejects.toMatchObject({ kind: "forbidden" });
});
