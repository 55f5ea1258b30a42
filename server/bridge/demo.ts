import { eq } from "drizzle-orm";
import { operators } from "../../db/schema/control/operators.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { limits } from "../../db/schema/hospital/settings.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { hashPassword, verifyPassword } from "../auth/passwords.ts";
import { AppError } from "../errors.ts";
import { createOperator } from "../owner/operators/operators.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { provisionHospital } from "./provision.ts";
import { readProvisioning } from "./provision-record.ts";
import { runProvisioning } from "./provision-run.ts";
import { seedUser } from "./provision-seed.ts";
import { systemOwner } from "./system-context.ts";
import { poolOf } from "./tenant-places.ts";

/** The operator of the demonstration. */
export const demoOwnerEmail = "owner@wardline.example";

interface DemoHospital {
  readonly subdomain: string;
  readonly companyName: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly plan: string;
  readonly admin: string;
  readonly staff: readonly DemoPerson[];
}

interface DemoPerson {
  readonly roleKey: "doctor" | "nurse" | "receptionist";
  readonly name: string;
  readonly departmentKey: string;
}

/** The hospitals of the demonstration; each starts without a patient. */
export const demoHospitals: readonly DemoHospital[] = [
  {
    subdomain: "abdullah",
    companyName: "Abdullah Hospital",
    timeZone: "Asia/Karachi",
    currency: "PKR",
    plan: "professional",
    admin: "Sana Abdullah",
    staff: [
      { roleKey: "doctor", name: "Dr Imran Qureshi", departmentKey: "medical" },
      { roleKey: "nurse", name: "Nadia Iqbal", departmentKey: "nursing" },
      { roleKey: "receptionist", name: "Bilal Ahmed", departmentKey: "administration" },
    ],
  },
  {
    subdomain: "ramzan",
    companyName: "Ramzan Hospital",
    timeZone: "Asia/Kolkata",
    currency: "INR",
    plan: "advanced",
    admin: "Kavita Sharma",
    staff: [
      { roleKey: "doctor", name: "Dr Farah Khan", departmentKey: "medical" },
      { roleKey: "nurse", name: "Anil Verma", departmentKey: "nursing" },
      { roleKey: "receptionist", name: "Meera Das", departmentKey: "administration" },
    ],
  },
];

/** The email of a demo account: `doctor@abdullah.example`. */
// open: pure
export function demoEmail(subdomain: string, role: "admin" | DemoPerson["roleKey"]): string {
  return `${role}@${subdomain}.example`;
}

/**
 * The demonstration: an operator and two hospitals with four people each, all with one password. Made once; a
 * later start with another password (WARDLINE_DEMO_PASSWORD) gives that one to the demo accounts. Killed
 * half-way, the next call completes it.
 * @throws AppError forbidden outside demo mode.
 */
// open: refused outside demo mode, which has no real data
export async function seedDemo(services: Services, password: string): Promise<void> {
  if (!services.env.demo)
    throw new AppError("forbidden", "demo.refused", "Demo accounts exist in the demonstration only.");
  const owner = systemOwner(services, "demo");
  const fresh = await ensureDemoOwner(owner, password);
  const passwordHash = fresh ?? (await hashPassword(password));
  for (const hospital of demoHospitals)
    await ensureDemoHospital(services, owner, hospital, password, passwordHash, fresh !== null);
}

/** @returns the hash to give to all where the password is new or another one; null where it is the known one. */
async function ensureDemoOwner(owner: OwnerContext, password: string): Promise<string | null> {
  const [known] = await owner.db.select().from(operators).where(eq(operators.email, demoOwnerEmail));
  if (known === undefined) {
    await createOperator(owner, {
      email: demoOwnerEmail,
      name: "Demo Owner",
      role: "super-admin",
      password,
      mustChangePassword: false,
    });
    return null;
  }
  if (await verifyPassword(password, known.passwordHash)) return null;
  const passwordHash = await hashPassword(password);
  await owner.write((tx) => tx.update(operators).set({ passwordHash }).where(eq(operators.id, known.id)));
  return passwordHash;
}

async function ensureDemoHospital(
  services: Services,
  owner: OwnerContext,
  hospital: DemoHospital,
  {
    password,
    passwordHash,
    changed,
  }: { readonly password: string; readonly passwordHash: string; readonly changed: boolean },
): Promise<void> {
  const { subdomain, companyName, timeZone, currency, plan, staff } = hospital;
  const [there] = await owner.db.select().from(tenants).where(eq(tenants.subdomain, subdomain));
  if (there === undefined)
    await provisionHospital(services, owner, {
      ...{ companyName, subdomain, timeZone, currency, plan, region: "local" },
      firstAdmin: { name: hospital.admin, email: demoEmail(subdomain, "admin"), password },
    });
  else if ((await readProvisioning(owner.db, there.id))?.status !== "done")
    await runProvisioning(services, there.id);
  const [tenant] = await owner.db.select().from(tenants).where(eq(tenants.subdomain, subdomain));
  if (tenant === undefined || tenant.status !== "active") return;
  const pool = await poolOf(services, tenant.id);
  if (changed)
    await pool.transaction((tx) =>
      tx
        .update(users)
        .set({ passwordHash })
        .where(eq(users.email, demoEmail(subdomain, "admin"))),
    );
  const used = await pool.transaction(async (tx) => {
    for (const person of staff) {
      const email = demoEmail(subdomain, person.roleKey);
      await seedUser(tx, services.clock.now(), { ...person, email, passwordHash, mustChangePassword: false });
      if (changed) await tx.update(users).set({ passwordHash }).where(eq(users.email, email));
    }
    const [row] = await tx.select({ used: limits.used }).from(limits).where(eq(limits.resource, "users"));
    return row?.used ?? null;
  });
  await owner.db
    .update(tenants)
    .set({ userCount: used, usageAt: services.clock.now() })
    .where(eq(tenants.id, tenant.id));
}
