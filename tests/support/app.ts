import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { ensureDatabase } from "../../db/databases.ts";
import { migrate } from "../../db/migrate.ts";
import type { Place } from "../../db/planes.ts";
import { operatorSessions, operators } from "../../db/schema/control/operators.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { createQueue } from "../../jobs/queue.ts";
import { type App, createApp } from "../../server/app.ts";
import { hashPassword } from "../../server/auth/passwords.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { seedUser } from "../../server/bridge/provision-seed.ts";
import { seedControl } from "../../server/bridge/seed-control.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { FixedClock } from "../../server/clock.ts";
import { keyringOf, newKey } from "../../server/crypto.ts";
import { readEnv } from "../../server/env.ts";
import { urlOf } from "../../server/foundation.ts";
import { createLog } from "../../server/log.ts";
import { createServices, hearTenantChanges } from "../../server/services.ts";
import type { Hospital, HospitalContext } from "../../server/tenancy/context.ts";
import type { Services } from "../../server/tenancy/services.ts";
import { type Badge, badgeAt, operatorBadge } from "./badges.ts";
import { emailOf, ownerEmail, password, type StaffRole, staffRoles } from "./cast.ts";
import { Client } from "./client.ts";
import { testCluster } from "./database.ts";

/** A hospital made by the real saga, with the cast as its staff. */
export interface TestHospital {
  readonly id: string;
  readonly subdomain: string;
  readonly host: string;
  readonly facts: Hospital;
  /** The member of staff of this role, signed in (once; the same client each time). */
  as(role: StaffRole): Promise<Client>;
  /** Nobody, at this hospital's host. */
  stranger(): Client;
  /** The context in which the product itself acts there. */
  system(): HospitalContext;
}

export interface TestApp {
  readonly app: App;
  readonly services: Services;
  readonly clock: FixedClock;
  readonly admin: { readonly local: Place; readonly online: Place };
  readonly abdullah: TestHospital;
  readonly ramzan: TestHospital;
  /** The owner, signed in. */
  owner(): Promise<Client>;
  client(host: string): Client;
  /** Another hospital, for tests that need one to themselves. */
  newHospital(options?: {
    readonly plan?: string;
    readonly isolation?: "database" | "schema";
  }): Promise<TestHospital>;
}

/** A token's hour is not over yet. */
const signedInForMs = 20 * 60_000;

/** One person's client, let in anew where other tests have moved the clock towards the end of its token. */
class SignedIn {
  readonly #client: Client;
  readonly #clock: FixedClock;
  readonly #open: () => Promise<Badge>;
  #at = Number.NEGATIVE_INFINITY;
  #ready: Promise<Client> | null = null;

  /** `open` makes the sessions that a sign-in would; a password is proved where a test is about that. */
  constructor(client: Client, clock: FixedClock, open: () => Promise<Badge>) {
    this.#client = client;
    this.#clock = clock;
    this.#open = open;
  }

  client(): Promise<Client> {
    const now = this.#clock.now().getTime();
    if (this.#ready === null || now - this.#at > signedInForMs) {
      this.#at = now;
      this.#ready = this.#open().then((badge) => this.#client.wear(badge));
    }
    return this.#ready;
  }

  /** Lets them in anew the next time: their sessions have been ended. */
  forget(): void {
    this.#ready = null;
  }
}

// Test files may each have a module registry of their own; the process is what they share.
const shared = process as typeof process & { wardlineTestApp?: Promise<TestApp> };

/** The real app on real databases, started once for the run. Two hospitals are there; leave the other's rows alone. */
export function testApp(): Promise<TestApp> {
  shared.wardlineTestApp ??= startTestApp();
  return shared.wardlineTestApp;
}

async function startTestApp(): Promise<TestApp> {
  const admin = await testCluster();
  const database = `control_${Bun.randomUUIDv7().replaceAll("-", "")}`;
  await ensureDatabase(admin.local, database);
  const controlPlace = { ...admin.local, database, schema: "control" };
  await migrate(controlPlace, "control");
  // Removed by a later run, as old clusters are.
  const dataDir = mkdtempSync(join(tmpdir(), "wardline-test-files-"));
  const env = readEnv({
    WARDLINE_MODE: "all",
    WARDLINE_LOG: process.env["WARDLINE_LOG"] ?? "silent",
    WARDLINE_DEMO: "0",
    WARDLINE_DATA: dataDir,
  });
  const log = createLog(env);
  const clock = new FixedClock(new Date());
  const services = createServices({
    env,
    log,
    clock,
    controlPlace,
    keyring: keyringOf(newKey()),
    queue: createQueue({ redisUrl: null, postgresUrl: urlOf(controlPlace), log }),
  });
  await hearTenantChanges(services);
  await seedControl(services, admin);
  const passwordHash = await hashPassword(password);
  await services.connections.control.db
    .insert(operators)
    .values({ email: ownerEmail, name: "Olga Owner", passwordHash, role: "super-admin" });
  const app = createApp(services);

  const make = async (
    subdomain: string,
    companyName: string,
    plan: string,
    isolation: "database" | "schema",
  ): Promise<TestHospital> => {
    const { tenant } = await provisionHospital(services, systemOwner(services, "tests"), {
      companyName,
      subdomain,
      tenantDbName: `${subdomain.replaceAll("-", "_")}_${database.slice(-12)}`,
      region: "local",
      plan,
      isolation,
      firstAdmin: { name: "Amina Admin", email: emailOf("admin", subdomain), password },
    });
    const facts = await services.resolver.hospitalById(tenant.id);
    if (facts === null) throw new Error(`${subdomain} was made and is not found.`);
    const pool = services.connections.hospital(facts.place);
    await pool.transaction(async (tx) => {
      for (const role of staffRoles)
        await seedUser(
          tx,
          { hospital: facts, clock },
          {
            name: `${role} of ${companyName}`,
            email: emailOf(role, subdomain),
            passwordHash,
            roleKey: role,
            departmentKey: "medical",
            mustChangePassword: false,
          },
        );
    });
    const host = `${subdomain}.localhost`;
    const people = new Map<StaffRole, SignedIn>();
    return {
      id: tenant.id,
      ...{ subdomain, host, facts },
      as(role) {
        const open = async () => {
          // The pool of before may have given way to others meanwhile.
          const [row] = await services.connections
            .hospital(facts.place)
            .db.select({ id: users.id })
            .from(users)
            .where(eq(users.email, emailOf(role, subdomain)));
          return badgeAt({ services, clock }, { id: tenant.id, facts }, row?.id ?? "");
        };
        const person = people.get(role) ?? new SignedIn(new Client(app, host), clock, open);
        people.set(role, person);
        return person.client();
      },
      stranger: () => new Client(app, host),
      system: () => ({
        hospital: facts,
        actor: { kind: "system", name: "tests" },
        client: { requestId: "tests", address: null, userAgent: null },
        clock,
        db: pool.db,
        write: (work) => pool.transaction(work),
      }),
    };
  };

  const abdullah = await make("abdullah", "Abdullah Hospital", "enterprise", "database");
  const ramzan = await make("ramzan", "Ramzan Hospital", "enterprise", "schema");
  const owner = new SignedIn(new Client(app, "owner.localhost"), clock, async () => {
    const [row] = await services.connections.control.db
      .select({ id: operators.id })
      .from(operators)
      .where(eq(operators.email, ownerEmail));
    return operatorBadge({ services, clock }, row?.id ?? "");
  });
  let made = 0;
  return {
    ...{ app, services, clock, admin, abdullah, ramzan },
    async owner() {
      // Tests that send every form end everybody's sessions.
      if ((await (await owner.client()).get("/api/v1/owner/auth/me")).status === 401) owner.forget();
      const client = await owner.client();
      // As if they had signed in just now: other tests move the clock beyond a proof's life.
      await services.connections.control.db.update(operatorSessions).set({ provedAt: clock.now() });
      return client;
    },
    client: (host) => new Client(app, host),
    newHospital({ plan = "enterprise", isolation = "database" } = {}) {
      made += 1;
      return make(`hospital-${made}`, `Hospital ${made}`, plan, isolation);
    },
  };
}
