import { dropDatabase, ensureDatabase } from "../../db/databases.ts";
import { migrate } from "../../db/migrate.ts";
import type { Place } from "../../db/planes.ts";
import { operatorSessions, operators } from "../../db/schema/control/operators.ts";
import { createQueue } from "../../jobs/queue.ts";
import { type OperatorRole, permissionsOfOperatorRole } from "../../server/auth/permissions.ts";
import { seedControl } from "../../server/bridge/seed-control.ts";
import { FixedClock } from "../../server/clock.ts";
import { keyringOf, newKey, randomSecret } from "../../server/crypto.ts";
import { readEnv } from "../../server/env.ts";
import { urlOf } from "../../server/foundation.ts";
import { createLog } from "../../server/log.ts";
import { closeServices, createServices } from "../../server/services.ts";
import type { OwnerContext } from "../../server/tenancy/context.ts";
import type { Services } from "../../server/tenancy/services.ts";
import { testCluster } from "../support/database.ts";

/** An owner plane of its own on the run's Postgres: control database, plans and servers; no hospital yet. */
export interface OwnerPlane {
  readonly services: Services & { readonly clock: FixedClock };
  /** What a child process needs to work on the same plane. */
  readonly facts: PlaneFacts;
  /** The server as its superuser. */
  readonly admin: Place;
  /** As an operator of this role asks. */
  owner(role?: OperatorRole): OwnerContext;
  /** As a super-admin asks who has just signed in. */
  proved(): Promise<OwnerContext>;
  /** A name nobody else uses, for databases and subdomains on the shared server. */
  name(stem: string): string;
  close(): Promise<void>;
}

export interface PlaneFacts {
  readonly controlPlace: Place;
  readonly masterKey: string;
}

/** Services on a control database that is there already; for a child process as well. */
export function servicesOn({ controlPlace, masterKey }: PlaneFacts): OwnerPlane["services"] {
  const env = readEnv({ WARDLINE_MODE: "all", WARDLINE_LOG: "silent" });
  const log = createLog(env);
  const clock = new FixedClock("2026-03-01T08:00:00Z");
  const queue = createQueue({ redisUrl: null, postgresUrl: urlOf(controlPlace), log });
  return {
    ...createServices({ env, log, keyring: keyringOf(masterKey), controlPlace, queue, clock }),
    clock,
  };
}

export async function startOwnerPlane(): Promise<OwnerPlane> {
  const { local, online } = await testCluster();
  const tag = randomSecret(6)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "x");
  const database = `control_${tag}`;
  await ensureDatabase(local, database);
  const controlPlace = { ...local, database, schema: "control" };
  await migrate(controlPlace, "control");
  const masterKey = newKey();
  const facts = { controlPlace, masterKey };
  const services = servicesOn(facts);
  await seedControl(services, { local, online });
  const { control } = services.connections;
  const owner = (role: OperatorRole = "super-admin") =>
    ({
      actor: {
        kind: "operator",
        operatorId: Bun.randomUUIDv7(),
        sessionId: Bun.randomUUIDv7(),
        name: `The ${role}`,
        email: `${role}@wardline.example`,
        role,
        permissions: permissionsOfOperatorRole[role],
        tenantIds: null,
      },
      client: { requestId: "test", address: "127.0.0.1", userAgent: null },
      clock: services.clock,
      vault: services.keyring,
      db: control.db,
      write: (work) => control.transaction(work),
    }) satisfies OwnerContext;
  return {
    services,
    facts,
    admin: local,
    owner,
    async proved() {
      const context = owner();
      const { operatorId, sessionId, name, role } = context.actor;
      const now = services.clock.now();
      await control.db
        .insert(operators)
        .values({ id: operatorId, email: `${operatorId}@wardline.example`, name, role, passwordHash: "-" });
      await control.db.insert(operatorSessions).values({
        ...{ id: sessionId, personId: operatorId, kind: "browser", tokenHash: sessionId },
        ...{ createdAt: now, provedAt: now, expiresAt: new Date(now.getTime() + 3_600_000) },
      });
      return context;
    },
    name: (stem) => `${stem}-${tag}`,
    close: async () => {
      await closeServices(services);
      await dropDatabase(local, database);
    },
  };
}
