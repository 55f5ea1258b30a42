import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { healthAlerts } from "../../db/schema/control/health.ts";
import { databaseServers, tenants } from "../../db/schema/control/tenants.ts";
import { checkAllHospitals } from "../../server/bridge/health.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { latestHealth } from "../../server/owner/health/health.ts";
import { asked } from "./asked.ts";
import { type OwnerPlane, startOwnerPlane } from "./owner-plane.ts";

setDefaultTimeout(90_000);

const lostHospitals = 40;
let plane: OwnerPlane;
let wellId: string;
let accepted = 0;
/** Takes every connection and never says a word: the worst that a network does. */
const black = Bun.listen({
  ...{ hostname: "127.0.0.1", port: 0 },
  socket: {
    open() {
      accepted += 1;
    },
    data() {},
  },
});

beforeAll(async () => {
  plane = await startOwnerPlane();
  const { db } = plane.services.connections.control;
  const { tenant } = await provisionHospital(plane.services, plane.owner(), asked(plane.name("reached")));
  wellId = tenant.id;
  const [server] = await db
    .select()
    .from(databaseServers)
    .where(eq(databaseServers.id, tenant.primaryServerId));
  const [row] = await db.select().from(tenants).where(eq(tenants.id, wellId));
  if (server === undefined || row === undefined) throw new Error("The hospital has no server.");
  const serverId = Bun.randomUUIDv7();
  await db.insert(databaseServers).values({ ...server, id: serverId, name: "black hole", port: black.port });
  await db.insert(tenants).values(
    Array.from({ length: lostHospitals }, (_, n) => ({
      ...{ ...row, id: Bun.randomUUIDv7(), subdomain: plane.name(`lost${n}`), tenantDbName: `lost_${n}` },
      ...{ roleName: `lost_${n}`, primaryServerId: serverId, primaryDatabase: `lost_${n}` },
      ...{ copyServerId: null, copyDatabase: null },
    })),
  );
});

afterAll(async () => {
  black.stop(true);
  await plane.close();
});

test("a server that takes connections and stays silent costs one wait, and holds no other hospital up", async () => {
  const pass = await checkAllHospitals(plane.services);
  expect(pass).toMatchObject({ checked: lostHospitals + 1, unwell: lostHospitals, unknown: 0, raised: 0 });
  expect(accepted).toBe(1);
  expect(pass.tookMs).toBeLessThan(20_000);
  const health = (await latestHealth(plane.owner(), [wellId])).get(wellId);
  expect(health).toMatchObject({ state: "healthy", primary: { reachable: true }, copy: { reachable: true } });
});

test("its hospitals' alerts are raised together at the second look, once each", async () => {
  expect((await checkAllHospitals(plane.services)).raised).toBe(lostHospitals);
  expect((await checkAllHospitals(plane.services)).raised).toBe(0);
  const alerts = await plane.services.connections.control.db.select().from(healthAlerts);
  expect(alerts).toHaveLength(lostHospitals);
  expect(new Set(alerts.map(({ code }) => code))).toEqual(new Set(["primary-unreachable"]));
});
