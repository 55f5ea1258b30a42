import type { HospitalPool } from "../../db/connect.ts";
import { ensureDatabase, ensureRole } from "../../db/databases.ts";
import { grantHospital } from "../../db/grants.ts";
import { migrate } from "../../db/migrate.ts";
import { withSession } from "../../db/migrate-lock.ts";
import type { Place } from "../../db/planes.ts";
import { createHospitalDatabase } from "../../db/templates.ts";
import type { Plan } from "../owner/plans/plans.ts";
import type { Tenant } from "../owner/tenants/tenant-status.ts";
import type { Hospital } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { openHospitalForBusiness } from "./provision-ready.ts";
import type { RunInput, StepKey } from "./provision-record.ts";
import { seedFirstAdmin, seedRolesAndDepartments, seedSettings } from "./provision-seed.ts";

/** One hospital in the making: where its databases go, as those who may make them, and what was asked for. */
export interface Making {
  readonly services: Services;
  readonly tenant: Tenant;
  readonly plan: Plan;
  readonly input: RunInput;
  /** The password of the hospital's own role. */
  readonly rolePassword: string;
  readonly primaryAdmin: Place;
  /** Null where there is no server for copies. */
  readonly copyAdmin: Place | null;
  readonly hospital: Hospital;
  /** The hospital's primary as its own role. */
  readonly pool: HospitalPool;
}

export interface ProvisioningStep {
  readonly key: StepKey;
  /** A hospital works without its online copy: where that step fails the rest goes on, and it is tried again later. */
  readonly optional?: boolean;
  /** Waits for none of the others, so that it begins with the first. */
  readonly early?: boolean;
  /** Does the step, or what is left of it: each may have been killed half-way before. */
  run(making: Making): Promise<void>;
}

/** Connections that one hospital's role may hold, over all processes. */
const connectionLimit = 60;

/** What follows `reserve`, which `reserveHospital` does with the names' claim. */
export const provisioningSteps: readonly ProvisioningStep[] = [
  {
    key: "role",
    run: ({ primaryAdmin, tenant, rolePassword }) =>
      ensureRole(primaryAdmin, tenant.roleName, rolePassword, { connectionLimit }),
  },
  {
    key: "database",
    run: ({ primaryAdmin, tenant }) => makeDatabase(primaryAdmin, tenant, tenant.primaryDatabase),
  },
  {
    key: "grants",
    run: ({ primaryAdmin, tenant }) =>
      grantHospital(schemaOf(primaryAdmin, tenant, tenant.primaryDatabase), tenant.roleName, "primary"),
  },
  { key: "settings", run: seedSettings },
  { key: "roles", run: seedRolesAndDepartments },
  { key: "first-admin", run: seedFirstAdmin },
  { key: "copy", optional: true, early: true, run: makeCopy },
  { key: "ready", run: openHospitalForBusiness },
];

function schemaOf(admin: Place, tenant: Tenant, database: string): Place {
  return { ...admin, database, schema: tenant.schemaName };
}

async function makeDatabase(admin: Place, tenant: Tenant, database: string): Promise<void> {
  if (tenant.isolation === "database") {
    await createHospitalDatabase(admin, database);
    return;
  }
  await ensureDatabase(admin, database);
  await migrate(schemaOf(admin, tenant, database), "hospital");
}

async function makeCopy({ copyAdmin, tenant, rolePassword }: Making): Promise<void> {
  const { copyDatabase } = tenant;
  if (copyAdmin === null || copyDatabase === null) return;
  await ensureRole(copyAdmin, tenant.roleName, rolePassword, { connectionLimit });
  await makeDatabase(copyAdmin, tenant, copyDatabase);
  const place = schemaOf(copyAdmin, tenant, copyDatabase);
  // Its triggers rest from here on: it is written by sync alone.
  await withSession(
    place,
    (session) => session`select sync_become('copy') from sync_state where role <> 'copy'`,
  );
  await grantHospital(place, tenant.roleName, "copy");
}
