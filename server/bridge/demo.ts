import { eq, inArray } from "drizzle-orm";
import { operators } from "../../db/schema/control/operators.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { hashPassword, verifyPassword } from "../auth/passwords.ts";
import { AppError } from "../errors.ts";
import { keepDemoPassword } from "../owner/operators/operator-password.ts";
import { insertOperator } from "../owner/operators/operators.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { provisionHospital } from "./provision.ts";
import { readProvisioning } from "./provision-record.ts";
import { runProvisioning } from "./provision-run.ts";
import { seedUser } from "./provision-seed.ts";
import { systemOwner } from "./system-context.ts";
import { placesOf } from "./tenant-places.ts";
import { refreshUsage } from "./usage.ts";

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
 * half-way, the next call completes it. That password is held to no policy: nobody chose it as their own.
 * @throws AppError forbidden outside demo mode.
 */
// open: refused outside demo mode, which has no real data
export async function seedDemo(services: Services, password: string): Promise<void> {
  if (!services.env.demo)
    throw new AppError("forbidden", "demo.refused", "Demo accounts exist in the demonstration only.");
  const owner = systemOwner(services, "demo");
  const [known] = await owner.db.select().from(operators).where(eq(operators.email, demoOwnerEmail));
  const changed = known !== undefined && !(await verifyPassword(password, known.passwordHash));
  const accounts = { password, changed };
  await Promise.all(demoHospitals.map((hospital) => ensureDemoHospital(services, owner, hospital, accounts)));
  // The operator comes last: an owner with this password means that all accounts have it.
  if (known !== undefined && !changed) return;
  const passwordHash = await hashPassword(password);
  await owner.write(async (tx) => {
    if (known !== undefined) await keepDemoPassword(tx, known.id, passwordHash);
    else
      await insertOperator(tx, owner, {
        ...{ email: demoOwnerEmail, name: "Demo Owner", role: "super-admin", passwordHash, status: "active" },
      });
  });
}

interface Accounts {
  readonly password: string;
  /** Whether the accounts that are there have another password still. */
  readonly changed: boolean;
}

async function ensureDemoHospital(
  services: Services,
  owner: OwnerContext,
  hospital: DemoHospital,
  accounts: Accounts,
): Promise<void> {
  const { subdomain, companyName, timeZone, currency, plan } = hospital;
  const find = async () => (await owner.db.select().from(tenants).where(eq(tenants.subdomain, subdomain)))[0];
  const there = await find();
  if (there === undefined)
    await provisionHospital(services, owner, {
      ...{ companyName, subdomain, timeZone, currency, plan, region: "local" },
      // They get the demonstration's password with the rest of the staff.
      firstAdmin: { name: hospital.admin, email: demoEmail(subdomain, "admin") },
    });
  else if ((await readProvisioning(owner.db, there.id))?.status !== "done")
    await runProvisioning(services, there.id);
  const tenant = await find();
  if (tenant?.status === "active") await ensureStaff(services, tenant.id, hospital, accounts);
}

async function ensureStaff(
  services: Services,
  tenantId: string,
  { subdomain, staff }: DemoHospital,
  { password, changed }: Accounts,
): Promise<void> {
  const { hospital } = await placesOf(services, tenantId);
  const pool = services.connections.hospital(hospital.place);
  const emails = [
    demoEmail(subdomain, "admin"),
    ...staff.map((person) => demoEmail(subdomain, person.roleKey)),
  ];
  const there = await pool.db.$count(users, inArray(users.email, emails));
  if (there === emails.length && !changed) return;
  const passwordHash = await hashPassword(password);
  await pool.transaction(async (tx) => {
    for (const person of staff)
      await seedUser(
        tx,
        { hospital, clock: services.clock },
        {
          ...person,
          ...{ email: demoEmail(subdomain, person.roleKey), passwordHash, mustChangePassword: false },
        },
      );
    await tx
      .update(users)
      .set({ passwordHash, mustChangePassword: false })
      .where(inArray(users.email, emails));
  });
  await refreshUsage(services, tenantId);
}
