import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { openClient } from "../../db/connect.ts";
import { databaseServers } from "../../db/schema/control/tenants.ts";
import { checkAllHospitals, checkHospitalHealth } from "../../server/bridge/health.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import {
  hospitalSyncStatus,
  pushDueHospitals,
  pushHospital,
  resolveSyncPlaces,
  verifyHospital,
} from "../../server/bridge/sync.ts";
import { healthHistory, latestHealth } from "../../server/owner/health/health.ts";
import { asked } from "./asked.ts";
import { type OwnerPlane, startOwnerPlane } from "./owner-plane.ts";

let plane: OwnerPlane;
let tenantId: string;
beforeAll(async () => {
  plane = await startOwnerPlane();
  const { tenant } = await provisionHospital(plane.services, plane.owner(), asked(plane.name("well")));
  tenantId = tenant.id;
}, 120_000);
afterAll(() => plane.close());

const health = async () => {
  const found = (await latestHealth(plane.owner(), [tenantId])).get(tenantId);
  if (found === undefined) throw new Error("no entry for a hospital that was asked for");
  return found;
};

/** Points all copy servers at a port where nothing listens, and back. */
async function moveCopies(port: number): Promise<void> {
  await plane.services.connections.control.db
    .update(databaseServers)
    .set({ port })
    .where(eq(databaseServers.purpose, "copy"));
}

describe("a hospital that was just made", () => {
  test("has no report, which is not healthy", async () => {
    expect(await health()).toMatchObject({
      state: "no-report",
      checkedAt: null,
      primary: null,
      copy: null,
      alerts: [],
    });
  });

  test("is copied whole by the first push, and the proof finds every table equal", async () => {
    const { services } = plane;
    expect(await pushDueHospitals(services)).toMatchObject({ pushed: 1 });
    const proof = await verifyHospital(services, plane.owner(), tenantId);
    expect(proof).toMatchObject({ outcome: "verified", equal: true });
    expect(proof.tables.find((table) => table.table === "users")).toEqual({
      table: "users",
      primaryRows: 1,
      copyRows: 1,
      equal: true,
    });
    expect(await hospitalSyncStatus(services, plane.owner(), tenantId)).toMatchObject({
      lagRows: 0,
      filling: false,
      verifiedEqual: true,
    });
    expect((await health()).sync).toMatchObject({ outcome: "synced", lagRows: 0, verifiedEqual: true });
  });

  test("what its own role writes is captured and arrives; the role sees nothing of the log", async () => {
    const { primary, copy } = await resolveSyncPlaces(plane.services, tenantId);
    if (copy === null) throw new Error("the hospital has no copy");
    const own = openClient(primary, { max: 1 });
    const far = openClient(copy, { max: 1 });
    try {
      const [role] = await own<{ name: string }[]>`
        select grantee as name from information_schema.role_table_grants where table_name = 'patients' and privilege_type = 'INSERT' and grantee <> current_user limit 1`;
      await own.unsafe(`set role "${role?.name ?? ""}"`);
      await own`insert into departments (id, key, name) values (gen_random_uuid(), 'sync-test', 'Sync test')`;
      expect(own`select from sync_log`.execute()).rejects.toThrow("permission denied");
      expect(own`select sync_cut_tick('0')`.execute()).rejects.toThrow("permission denied");
      expect((await pushHospital(plane.services, plane.owner(), tenantId)).rows).toBe(1);
      expect(await far`select from departments where key = 'sync-test'`).toHaveLength(1);
    } finally {
      await Promise.all([own.end(), far.end()]);
    }
  });
});

describe("a look at the databases", () => {
  test("finds both well, with size, version, connections and lag", async () => {
    const found = await checkHospitalHealth(plane.services, plane.owner(), tenantId);
    expect(found.state).toBe("healthy");
    expect(found.primary).toMatchObject({ reachable: true, lagRows: 0, reason: null });
    expect(found.primary?.sizeBytes).toBeGreaterThan(100_000);
    expect(found.primary?.serverVersion).toMatch(/^18/);
    expect(found.primary?.latencyMs).toBeGreaterThan(0);
    expect(found.copy?.lagSeconds).toBeGreaterThanOrEqual(0);
    expect(found.copy?.lastVerifiedAt).toBeInstanceOf(Date);
  });

  test("raises an alert once while the copy is away and clears it once", async () => {
    const [server] = await plane.services.connections.control.db
      .select()
      .from(databaseServers)
      .where(eq(databaseServers.purpose, "copy"));
    await moveCopies(1);
    for (let turn = 0; turn < 3; turn += 1) {
      plane.services.clock.advance(1_000);
      expect(await checkAllHospitals(plane.services)).toMatchObject({
        checked: 1,
        unwell: 1,
        unknown: 0,
        raised: turn === 1 ? 1 : 0,
      });
    }
    expect(await health()).toMatchObject({
      state: "degraded",
      copy: { reachable: false },
      alerts: [{ code: "copy-unreachable" }],
    });
    expect((await pushHospital(plane.services, plane.owner(), tenantId)).outcome).toMatch(
      /synced|copy-unreachable/,
    );
    await moveCopies(server?.port ?? 0);
    for (let turn = 0; turn < 2; turn += 1) {
      plane.services.clock.advance(1_000);
      expect(await checkAllHospitals(plane.services)).toMatchObject({ unwell: 0, cleared: turn });
    }
    expect((await health()).state).toBe("healthy");
    const history = await healthHistory(plane.owner(), tenantId);
    expect(history.alerts).toHaveLength(1);
    expect(history.alerts[0]?.clearedAt).toBeInstanceOf(Date);
    expect(history.checks.filter((check) => check.side === "copy").map((check) => check.reachable)).toEqual([
      true,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  test("a proof that failed is an alert at the first look, until one that does not", async () => {
    const { copy } = await resolveSyncPlaces(plane.services, tenantId);
    if (copy === null) throw new Error("the hospital has no copy");
    const far = openClient(copy, { max: 1 });
    await far`update sync_state set verified_equal = false`;
    await far.end();
    plane.services.clock.advance(1_000);
    expect(
      (await checkHospitalHealth(plane.services, plane.owner(), tenantId)).alerts.map((alert) => alert.code),
    ).toEqual(["copy-differs"]);
    plane.services.clock.advance(1_000);
    expect((await verifyHospital(plane.services, plane.owner(), tenantId)).equal).toBe(true);
    expect((await checkHospitalHealth(plane.services, plane.owner(), tenantId)).state).toBe("healthy");
  });

  test("silence turns into no report", async () => {
    plane.services.clock.advance(10 * 60_000);
    expect((await health()).state).toBe("no-report");
  });

  test("an operator without the right may neither look nor push", async () => {
    const stranger = {
      ...plane.owner(),
      actor: { ...plane.owner().actor, permissions: new Set<never>() },
    } as ReturnType<typeof plane.owner>;
    expect(latestHealth(stranger, [tenantId])).rejects.toMatchObject({ kind: "forbidden" });
    expect(pushHospital(plane.services, stranger, tenantId)).rejects.toMatchObject({ kind: "forbidden" });
    expect(checkHospitalHealth(plane.services, stranger, tenantId)).rejects.toMatchObject({
      kind: "forbidden",
    });
  });
});
