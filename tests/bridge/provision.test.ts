import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { openClient } from "../../db/connect.ts";
import { databaseExists } from "../../db/databases.ts";
import { ownerAudit } from "../../db/schema/control/audit.ts";
import { subscriptions, tenants } from "../../db/schema/control/tenants.ts";
import { auditLog } from "../../db/schema/hospital/audit.ts";
import { departments } from "../../db/schema/hospital/departments.ts";
import { roles } from "../../db/schema/hospital/roles.ts";
import { hospitalSettings, limits } from "../../db/schema/hospital/settings.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { verifyPassword } from "../../server/auth/passwords.ts";
import {
  getProvisioning,
  provisionHospital,
  resumeDueProvisioning,
  resumeProvisioning,
  retryProvisioning,
  startProvisioning,
  tellFirstPassword,
} from "../../server/bridge/provision.ts";
import { stepKeys } from "../../server/bridge/provision-record.ts";
import { type Making, provisioningSteps } from "../../server/bridge/provision-steps.ts";
import { placesOf, poolOf } from "../../server/bridge/tenant-places.ts";
import { AppError } from "../../server/errors.ts";
import { asked } from "./asked.ts";
import { type OwnerPlane, startOwnerPlane } from "./owner-plane.ts";

// Databases are made here; a busy machine takes its time.
setDefaultTimeout(30_000);

let plane: OwnerPlane;

beforeAll(async () => {
  plane = await startOwnerPlane();
});
afterAll(async () => {
  await plane.close();
});

const refused = async (work: Promise<unknown>): Promise<AppError> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`Expected a refusal, got ${String(error)}`);
  return error;
};

/** The steps, of which one dies before or after it does its work. */
const dying = (key: string, when: "before" | "after") =>
  provisioningSteps.map((step) =>
    step.key === key
      ? {
          ...step,
          optional: false,
          run: async (making: Making) => {
            if (when === "after") await step.run(making);
            throw new Error("the power went");
          },
        }
      : step,
  );

/** What a working hospital is: open, seeded once, with one admin who can sign in, and a copy that is there. */
async function expectWhole(tenantId: string): Promise<void> {
  const { services } = plane;
  const { tenant, copyAdmin } = await placesOf(services, tenantId);
  expect(tenant.status).toBe("active");
  const pool = await poolOf(services, tenantId);
  expect(await pool.db.$count(roles)).toBe(11);
  expect(await pool.db.$count(departments)).toBe(12);
  const [settings] = await pool.db.select().from(hospitalSettings);
  expect(settings?.tenantId).toBe(tenantId);
  const people = await pool.db.select().from(users);
  expect(people).toHaveLength(1);
  expect(await verifyPassword("a long first password", people[0]?.passwordHash ?? null)).toBe(true);
  const counted = await pool.db.select().from(limits).where(eq(limits.resource, "users"));
  expect(counted).toMatchObject([{ allowed: 5, used: 1 }]);
  const copy = openClient(copyAdmin ?? pool.place, { max: 1 });
  try {
    expect(await copy`select role from sync_state`).toMatchObject([{ role: "copy" }]);
  } finally {
    await copy.end();
  }
  expect((await getProvisioning(plane.owner(), tenantId)).status).toBe("done");
}

describe("a hospital is created whole", () => {
  test("in a database of its own: seeded, audited, on trial, and ready", async () => {
    const subdomain = plane.name("whole");
    const { tenant, firstAdmin } = await provisionHospital(plane.services, plane.owner(), asked(subdomain));
    expect(firstAdmin).toEqual({ email: `admin@${subdomain}.example`, password: null });
    expect(tenant).toMatchObject({
      subdomain,
      status: "active",
      isolation: "database",
      schemaName: "hospital",
    });
    await expectWhole(tenant.id);
    const { db } = plane.services.connections.control;
    const [subscription] = await db.select().from(subscriptions).where(eq(subscriptions.tenantId, tenant.id));
    expect(subscription).toMatchObject({ status: "trial", trialEndsAt: new Date("2026-03-31T08:00:00Z") });
    const events = await db.select().from(ownerAudit).where(eq(ownerAudit.tenantId, tenant.id));
    expect(events.map((row) => `${row.event} by ${row.actorName}`).sort()).toEqual([
      "tenant.created by provisioning",
      "tenant.reserved by The super-admin",
    ]);
    const pool = await poolOf(plane.services, tenant.id);
    expect(await pool.db.select({ event: auditLog.event }).from(auditLog)).toEqual([
      { event: "user.created" },
    ]);
  });

  test("in a schema of a shared database, where two hospitals see nothing of each other", async () => {
    const [one, two] = [plane.name("shared-one"), plane.name("shared-two")];
    const schema = { isolation: "schema" } as const;
    const first = await provisionHospital(plane.services, plane.owner(), asked(one, schema));
    const second = await provisionHospital(plane.services, plane.owner(), asked(two, schema));
    expect(first.tenant.primaryDatabase).toBe(second.tenant.primaryDatabase);
    await expectWhole(first.tenant.id);
    await expectWhole(second.tenant.id);
    const { hospital } = await placesOf(plane.services, first.tenant.id);
    const client = openClient(hospital.place, { max: 1 });
    try {
      const other = `"${second.tenant.schemaName}".users`;
      expect(client.unsafe(`select * from ${other}`).execute()).rejects.toThrow(/permission denied/);
      await client`select 1`;
    } finally {
      await client.end();
    }
  });

  test("and its role reaches neither another hospital's database nor the control database", async () => {
    const [one, two] = [plane.name("role-one"), plane.name("role-two")];
    const first = await provisionHospital(plane.services, plane.owner(), asked(one));
    const second = await provisionHospital(plane.services, plane.owner(), asked(two));
    const { hospital } = await placesOf(plane.services, first.tenant.id);
    const foreign = [second.tenant.primaryDatabase, second.tenant.copyDatabase ?? ""];
    for (const database of foreign) {
      const client = openClient({ ...hospital.place, database }, { max: 1 });
      expect(client`select 1`.execute()).rejects.toThrow(/permission denied/);
      await client.end().catch(() => {});
    }
    const own = openClient(hospital.place, { max: 1 });
    try {
      expect(own`delete from audit_log`.execute()).rejects.toThrow(/permission denied/);
      expect(own`create table mine ()`.execute()).rejects.toThrow(/permission denied/);
      await own`select 1`;
    } finally {
      await own.end();
    }
  });

  test("a password that was made is told once, must be changed, and is kept nowhere", async () => {
    const subdomain = plane.name("told");
    const firstAdmin = { name: "Amina Admin", email: "amina@told.example" };
    const owner = plane.owner();
    const { tenant, firstAdmin: told } = await provisionHospital(
      plane.services,
      owner,
      asked(subdomain, { firstAdmin }),
    );
    const pool = await poolOf(plane.services, tenant.id);
    const [admin] = await pool.db.select().from(users);
    expect(admin?.mustChangePassword).toBe(true);
    expect(await verifyPassword(told.password ?? "", admin?.passwordHash ?? null)).toBe(true);
    expect(await tellFirstPassword(plane.services, owner, tenant.id)).toBeNull();
    expect((await getProvisioning(owner, tenant.id)).input.firstAdmin.sealedPassword).toBeNull();
  });
});

describe("a creation that was cut short", () => {
  const keys = stepKeys.filter((key) => key !== "reserve");
  for (const key of keys)
    for (const when of ["before", "after"] as const)
      test(`${when} the work of "${key}" is completed by the same call`, async () => {
        const subdomain = plane.name(`cut-${when}-${key}`);
        const owner = plane.owner();
        const error = await refused(
          provisionHospital(plane.services, owner, asked(subdomain), dying(key, when)),
        );
        expect(error).toMatchObject({ code: "provisioning.failed", details: { step: key } });
        // The lock of the one that died is free once Postgres has seen it go.
        const again = () => provisionHospital(plane.services, owner, asked(subdomain));
        const { tenant } = await again().catch(async (refusal: { code?: string }) => {
          if (refusal.code !== "provisioning.running") throw refusal;
          await Bun.sleep(1_000);
          return again();
        });
        await expectWhole(tenant.id);
        expect(await owner.db.$count(tenants, eq(tenants.subdomain, subdomain))).toBe(1);
      });

  test("says why it failed, and is completed by a retry", async () => {
    const subdomain = plane.name("retry");
    const owner = plane.owner();
    await refused(provisionHospital(plane.services, owner, asked(subdomain), dying("roles", "before")));
    const [tenant] = await owner.db.select().from(tenants).where(eq(tenants.subdomain, subdomain));
    const id = tenant?.id ?? "";
    const state = await getProvisioning(owner, id);
    expect(state.status).toBe("failed");
    expect(state.steps.find((step) => step.key === "roles")).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("Try again"),
    });
    expect(tenant?.status).toBe("provisioning");
    await retryProvisioning(plane.services, owner, id);
    await settled(id);
    await expectWhole(id);
  });

  test("is completed by the sweep after its pause, and no sooner", async () => {
    const subdomain = plane.name("swept");
    const owner = plane.owner();
    await refused(provisionHospital(plane.services, owner, asked(subdomain), dying("settings", "after")));
    const [tenant] = await owner.db.select().from(tenants).where(eq(tenants.subdomain, subdomain));
    await resumeDueProvisioning(plane.services);
    expect((await getProvisioning(owner, tenant?.id ?? "")).status).toBe("failed");
    plane.services.clock.advance(61_000);
    await resumeDueProvisioning(plane.services);
    await expectWhole(tenant?.id ?? "");
  });

  test("by SIGKILL, between doing a step and noting it, is completed by the sweep at once", async () => {
    const subdomain = plane.name("killed");
    const child = Bun.spawn(
      [
        process.execPath,
        "run",
        `${import.meta.dir}/killed-child.ts`,
        JSON.stringify({ plane: plane.facts, subdomain, dieAfter: "database" }),
      ],
      { stdout: "ignore", stderr: "pipe" },
    );
    await child.exited;
    expect(child.signalCode).toBe("SIGKILL");
    const [tenant] = await plane.owner().db.select().from(tenants).where(eq(tenants.subdomain, subdomain));
    expect((await getProvisioning(plane.owner(), tenant?.id ?? "")).status).toBe("running");
    // The server frees the dead process's lock as soon as it notices the closed connection.
    await freed(tenant?.id ?? "");
    await resumeDueProvisioning(plane.services);
    await expectWhole(tenant?.id ?? "");
  });

  test("a hospital opens without its online copy, which is made later", async () => {
    const subdomain = plane.name("copyless");
    const steps = dying("copy", "before").map((step) =>
      step.key === "copy" ? { ...step, optional: true } : step,
    );
    const { tenant } = await provisionHospital(plane.services, plane.owner(), asked(subdomain), steps);
    expect(tenant.status).toBe("active");
    expect(await databaseExists(plane.admin, tenant.copyDatabase ?? "")).toBe(false);
    expect((await resumeProvisioning(plane.services, tenant.id)).status).toBe("done");
    await expectWhole(tenant.id);
  });
});

describe("names", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["ab", "not-a-subdomain"],
    ["-abc", "not-a-subdomain"],
    ["abc-", "not-a-subdomain"],
    ["a_b_c", "not-a-subdomain"],
    ["ab c", "not-a-subdomain"],
    [`a"; drop database postgres; --`, "not-a-subdomain"],
    ["x".repeat(64), "not-a-subdomain"],
    ["owner", "reserved"],
    ["WWW", "reserved"],
    ["localhost", "reserved"],
    ["xn--80ak6aa92e", "reserved"],
  ];
  for (const [subdomain, code] of cases)
    test(`the subdomain ${JSON.stringify(subdomain.slice(0, 20))} is refused as ${code}`, async () => {
      const error = await refused(
        provisionHospital(plane.services, plane.owner(), { ...asked("good"), subdomain }),
      );
      expect(error.kind).toBe("invalid");
      expect(error.fields).toMatchObject([{ field: "subdomain", code }]);
    });

  for (const tenantDbName of [
    "postgres",
    "template1",
    "wardline_control",
    "pg_catalog",
    "a",
    "a b",
    'x";drop',
  ])
    test(`the database name ${tenantDbName} is refused`, async () => {
      const name = plane.name("dbname");
      const error = await refused(
        provisionHospital(plane.services, plane.owner(), asked(name, { tenantDbName })),
      );
      expect(error.fields.map((field) => field.field)).toEqual(["tenantDbName"]);
    });

  test("a database that is on the server already is not taken over", async () => {
    const name = plane.services.controlPlace.database;
    const error = await refused(
      provisionHospital(plane.services, plane.owner(), asked(plane.name("foreign"), { tenantDbName: name })),
    );
    expect(error).toMatchObject({ kind: "conflict", fields: [{ field: "tenantDbName", code: "taken" }] });
  });

  test("every wrong field is named at once, and nothing is written", async () => {
    const owner = plane.owner();
    const before = await owner.db.$count(tenants);
    const error = await refused(
      provisionHospital(plane.services, owner, {
        companyName: "\u202eevil",
        subdomain: "no",
        region: "Pk Lahore!",
        plan: "trial",
        firstAdmin: { name: "", email: "nobody", password: "short" },
        timeZone: "Mars/Olympus",
        currency: "XXXX",
      }),
    );
    expect(error.fields.map((field) => field.field)).toEqual([
      "companyName",
      "subdomain",
      "region",
      "firstAdmin.name",
      "firstAdmin.email",
      "firstAdmin.password",
      "timeZone",
      "currency",
    ]);
    expect(await owner.db.$count(tenants)).toBe(before);
  });

  test("an unknown plan is refused by its field", async () => {
    const error = await refused(
      provisionHospital(plane.services, plane.owner(), asked(plane.name("noplan"), { plan: "golden" })),
    );
    expect(error.fields).toMatchObject([{ field: "plan" }]);
  });
});

describe("at the same time", () => {
  test("of ten different requests for one subdomain exactly one wins, the others hear which field", async () => {
    const subdomain = plane.name("race");
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        provisionHospital(
          plane.services,
          plane.owner(),
          asked(subdomain, { companyName: `Company ${index}`, tenantDbName: plane.name(`race-${index}`) }),
        ),
      ),
    );
    const won = results.filter((result) => result.status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const result of results)
      if (result.status === "rejected")
        expect(result.reason).toMatchObject({ kind: "conflict", fields: [{ field: "subdomain" }] });
    await expectWhole(won[0]?.value.tenant.id ?? "");
  });

  test("the very same request ten times makes one hospital, and all others are told so", async () => {
    const subdomain = plane.name("twins");
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => provisionHospital(plane.services, plane.owner(), asked(subdomain))),
    );
    const won = results.filter((result) => result.status === "fulfilled");
    expect(won.length).toBeGreaterThanOrEqual(1);
    expect(new Set(won.map((result) => result.value.tenant.id)).size).toBe(1);
    for (const result of results)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ kind: "conflict" });
    await expectWhole(won[0]?.value.tenant.id ?? "");
  });

  test("a request that differs in anything does not join an unfinished hospital", async () => {
    const subdomain = plane.name("other");
    await refused(
      provisionHospital(plane.services, plane.owner(), asked(subdomain), dying("roles", "before")),
    );
    const firstAdmin = {
      name: "Amina Admin",
      email: `admin@${subdomain}.example`,
      password: "another password",
    };
    const error = await refused(
      provisionHospital(plane.services, plane.owner(), asked(subdomain, { firstAdmin })),
    );
    expect(error).toMatchObject({ kind: "conflict", fields: [{ field: "subdomain" }] });
  });
});

test("who may not create hospitals creates none", async () => {
  for (const start of [provisionHospital, startProvisioning]) {
    const error = await refused(
      start(plane.services, plane.owner("group-admin"), asked(plane.name("group"))),
    );
    expect(error).toMatchObject({ kind: "forbidden" });
  }
});

async function settled(tenantId: string): Promise<void> {
  for (;;) {
    const { status } = await getProvisioning(plane.owner(), tenantId);
    if (status === "done") return;
    await Bun.sleep(20);
  }
}

async function freed(tenantId: string): Promise<void> {
  const { db } = plane.services.connections.control;
  for (;;) {
    const rows = (await db.execute(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${`wardline:provision:${tenantId}`}, 0)) as free`,
    )) as unknown as readonly { readonly free: boolean }[];
    if (rows[0]?.free === true) return;
    await Bun.sleep(20);
  }
}
