import { eq, or } from "drizzle-orm";
import { databaseExists, hasCode } from "../../db/databases.ts";
import type { ControlTx } from "../../db/planes.ts";
import { provisioningRuns, provisioningSteps } from "../../db/schema/control/provisioning.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { hospitalSchema } from "../../db/templates.ts";
import { auditOwner } from "../audit/audit.ts";
import { generatePassword } from "../auth/generate-password.ts";
import { type Keyring, newKey, randomSecret } from "../crypto.ts";
import { AppError, invalidField } from "../errors.ts";
import { findOfferedPlan } from "../owner/plans/plans.ts";
import { adminPlaceOf, chooseServer, type DatabaseServer } from "../owner/servers/servers.ts";
import { startSubscription } from "../owner/subscriptions/subscriptions.ts";
import type { CheckedHospital } from "../owner/tenants/new-hospital.ts";
import { copyNameFor, roleNameFor, schemaNameFor } from "../owner/tenants/tenant-names.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { type RunInput, readProvisioning, stepKeys } from "./provision-record.ts";

/** The database that hospitals with schema isolation share, on each server. */
export const sharedDatabase = "wardline_shared";

const uniqueViolation = "23505";

/**
 * Claims the names of a new hospital and writes down what is to be done, in one transaction: from here on the
 * creation survives anything. The very same request for a hospital whose creation has not finished joins it.
 * @throws AppError conflict (409) naming `subdomain` or `tenantDbName`, invalid (422) for an unknown plan.
 */
// open: provisionHospital has authorized
export async function reserveHospital(
  services: Services,
  owner: OwnerContext,
  asked: CheckedHospital,
): Promise<{ readonly tenantId: string; readonly joined: boolean }> {
  const before = await existing(services, owner, asked);
  if (before !== null) return { tenantId: before, joined: true };
  const { db } = owner;
  const primary = await chooseServer(db, "primary", asked.region);
  if (primary === null)
    throw new AppError(
      "unavailable",
      "server.none",
      "There is no database server yet to place a hospital on.",
    );
  const copy = await chooseServer(db, "copy", asked.region);
  const places = placesOf(asked, primary, copy);
  if (asked.isolation === "database" && (await isTaken(services, primary, places.primaryDatabase)))
    throw taken("tenantDbName", "A database of that name is already on the server. Choose another.");
  try {
    return { tenantId: await owner.write((tx) => claim(tx, services, owner, asked, places)), joined: false };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (!hasCode(cause, uniqueViolation)) throw error;
    // Somebody was quicker: the same answer as if they had been here for long.
    const after = await existing(services, owner, asked);
    if (after !== null) return { tenantId: after, joined: true };
    throw error;
  }
}

type Places = ReturnType<typeof placesOf>;

function placesOf(asked: CheckedHospital, primary: DatabaseServer, copy: DatabaseServer | null) {
  const own = asked.isolation === "database";
  const primaryDatabase = own ? asked.tenantDbName : sharedDatabase;
  const sameServer = copy !== null && copy.host === primary.host && copy.port === primary.port;
  return {
    isolation: asked.isolation,
    tenantDbName: asked.tenantDbName,
    roleName: roleNameFor(asked.tenantDbName),
    schemaName: own ? hospitalSchema : schemaNameFor(asked.tenantDbName),
    primaryServerId: primary.id,
    primaryDatabase,
    copyServerId: copy?.id ?? null,
    copyDatabase: copy === null ? null : copyNameFor(primaryDatabase, sameServer),
  };
}

async function isTaken(services: Services, server: DatabaseServer, name: string): Promise<boolean> {
  try {
    return await databaseExists(adminPlaceOf(server, services.keyring), name);
  } catch (cause) {
    throw new AppError(
      "unavailable",
      "server.unreachable",
      `The database server ${server.name} cannot be reached just now.`,
      {
        cause,
        retryAfterSeconds: 10,
      },
    );
  }
}

/** The unfinished hospital that this very request asks for; null where the names are free. */
async function existing(
  services: Services,
  owner: OwnerContext,
  asked: CheckedHospital,
): Promise<string | null> {
  const rows = await owner.db
    .select()
    .from(tenants)
    .where(or(eq(tenants.subdomain, asked.subdomain), eq(tenants.tenantDbName, asked.tenantDbName)));
  const same = rows.find((row) => row.subdomain === asked.subdomain);
  if (same !== undefined) {
    const run = await readProvisioning(owner.db, same.id);
    if (run !== null && run.status !== "done" && asksTheSame(services.keyring, run.input, asked))
      return same.id;
    throw taken("subdomain", `The subdomain "${asked.subdomain}" is taken. Choose another.`);
  }
  if (rows.length > 0)
    throw taken("tenantDbName", `The database name "${asked.tenantDbName}" is taken. Choose another.`);
  return null;
}

function asksTheSame(keyring: Keyring, had: RunInput, asked: CheckedHospital): boolean {
  const { firstAdmin: hadAdmin, ...hadRest } = had;
  const { firstAdmin, ...rest } = asked;
  if (Object.entries(rest).some(([key, value]) => hadRest[key as keyof typeof hadRest] !== value))
    return false;
  if (hadAdmin.email !== firstAdmin.email || hadAdmin.name !== firstAdmin.name) return false;
  if (firstAdmin.password === null || hadAdmin.generated)
    return firstAdmin.password === null && hadAdmin.generated;
  return hadAdmin.sealedPassword !== null && keyring.unseal(hadAdmin.sealedPassword) === firstAdmin.password;
}

async function claim(
  tx: ControlTx,
  services: Services,
  owner: OwnerContext,
  asked: CheckedHospital,
  places: Places,
): Promise<string> {
  const plan = await findOfferedPlan(tx, asked.plan);
  if (plan === null) throw invalidField("plan", "not-one-of", "Choose one of the plans on offer.");
  const { keyring } = services;
  const now = owner.clock.now();
  const { firstAdmin, plan: _plan, ...facts } = asked;
  const [tenant] = await tx
    .insert(tenants)
    .values({
      ...facts,
      ...places,
      planId: plan.id,
      sealedPassword: keyring.seal(randomSecret()),
      sealedDataKey: keyring.seal(newKey()),
      contactEmail: firstAdmin.email,
      createdAt: now,
      updatedAt: now,
    })
    .returning({ id: tenants.id });
  if (tenant === undefined) throw new Error("The hospital's row was not returned.");
  const generated = firstAdmin.password === null;
  const input: RunInput = {
    ...asked,
    firstAdmin: {
      name: firstAdmin.name,
      email: firstAdmin.email,
      sealedPassword: keyring.seal(firstAdmin.password ?? generatePassword()),
      generated,
    },
  };
  const requestedBy = owner.actor.name;
  const [run] = await tx
    .insert(provisioningRuns)
    .values({ tenantId: tenant.id, input, requestedBy, createdAt: now, updatedAt: now })
    .returning({ id: provisioningRuns.id });
  if (run === undefined) throw new Error("The run's row was not returned.");
  await tx.insert(provisioningSteps).values(
    stepKeys.map((key, position) => ({
      runId: run.id,
      position,
      key,
      ...(key === "reserve" ? { status: "done" as const, startedAt: now, finishedAt: now } : {}),
    })),
  );
  await startSubscription(tx, now, tenant.id, plan);
  await auditOwner(tx, owner, {
    event: "tenant.reserved",
    entity: "tenant",
    entityId: tenant.id,
    tenantId: tenant.id,
    details: { subdomain: asked.subdomain, isolation: asked.isolation, plan: plan.key, region: asked.region },
  });
  return tenant.id;
}

function taken(field: string, message: string): AppError {
  return new AppError("conflict", "name.taken", message, {
    fields: [{ field, code: "taken", message }],
  });
}
