import { asc, eq } from "drizzle-orm";
import type { ControlDb, ControlTx } from "../../../db/planes.ts";
import { plans } from "../../../db/schema/control/plans.ts";
import { authorize } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";

export type Plan = typeof plans.$inferSelect;

/** Every plan, in the order they are shown, those no longer offered included. */
export async function listPlans(context: OwnerContext): Promise<readonly Plan[]> {
  authorize(context.actor, "plans:read");
  return context.db.select().from(plans).orderBy(asc(plans.position));
}

/** The plan of this key that a new hospital may be given; null where there is none or it is no longer offered. */
// open: a look-up inside rules that have authorized
export async function findOfferedPlan(db: ControlDb, key: string): Promise<Plan | null> {
  const [plan] = await db.select().from(plans).where(eq(plans.key, key));
  return plan?.offered ? plan : null;
}

/** Of a gigabyte. */
const megabytes = 1_000;

const standard: readonly Omit<typeof plans.$inferInsert, "position" | "currency">[] = [
  {
    key: "trial",
    name: "Trial",
    monthlyPriceMinor: 0,
    yearlyPriceMinor: 0,
    trialDays: 30,
    limits: { patients: 100, users: 5, storageMegabytes: megabytes, apiCallsPerDay: 1_000 },
    features: ["patients", "import"],
    backupRetentionDays: 7,
  },
  {
    key: "basic",
    name: "Basic",
    monthlyPriceMinor: 49_00,
    yearlyPriceMinor: 490_00,
    trialDays: 14,
    limits: { patients: 500, users: 5, storageMegabytes: 5 * megabytes, apiCallsPerDay: 5_000 },
    features: ["patients", "import", "online-copy"],
    backupRetentionDays: 14,
  },
  {
    key: "advanced",
    name: "Advanced",
    monthlyPriceMinor: 149_00,
    yearlyPriceMinor: 1_490_00,
    trialDays: 14,
    limits: { patients: 2_000, users: 25, storageMegabytes: 25 * megabytes, apiCallsPerDay: 25_000 },
    features: ["patients", "import", "online-copy", "api"],
    backupRetentionDays: 30,
  },
  {
    key: "professional",
    name: "Professional",
    monthlyPriceMinor: 399_00,
    yearlyPriceMinor: 3_990_00,
    trialDays: 14,
    limits: { patients: 10_000, users: 100, storageMegabytes: 100 * megabytes, apiCallsPerDay: 100_000 },
    features: ["patients", "import", "online-copy", "api", "branding"],
    backupRetentionDays: 60,
  },
  {
    key: "enterprise",
    name: "Enterprise",
    monthlyPriceMinor: 999_00,
    yearlyPriceMinor: 9_990_00,
    trialDays: 30,
    limits: { patients: null, users: null, storageMegabytes: null, apiCallsPerDay: null },
    features: ["patients", "import", "online-copy", "api", "branding", "custom-domain"],
    backupRetentionDays: 90,
  },
];

/** Puts the standard plans where they are missing; a plan that is there keeps whatever was changed in it. */
// open: part of the first start
export async function seedPlans(tx: ControlTx): Promise<void> {
  await tx
    .insert(plans)
    .values(standard.map((plan, position) => ({ ...plan, position, currency: "USD" })))
    .onConflictDoNothing({ target: plans.key });
}
