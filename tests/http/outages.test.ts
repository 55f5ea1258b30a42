import { expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { openClient } from "../../db/connect.ts";
import { databaseServers, tenants } from "../../db/schema/control/tenants.ts";
import { testApp } from "../support/app.ts";
import { startProxy } from "../support/proxy.ts";

const listUrl = "/api/v1/tenant/patients?limit=5";

/** How long the work took, with what it gave. */
async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const started = performance.now();
  return { value: await work(), ms: performance.now() - started };
}

test("a hospital whose database is away says so within 3 s, harms nobody, and recovers by itself", async () => {
  const { newHospital, abdullah, services, admin } = await testApp();
  const { control } = services.connections;
  const hospital = await newHospital();
  const doctor = await abdullah.as("doctor");
  await doctor.get(listUrl);
  const proxy = await startProxy(admin.local);
  try {
    const [primary] = await control.db
      .select()
      .from(databaseServers)
      .where(eq(databaseServers.purpose, "primary"));
    if (primary === undefined) throw new Error("There is no server for primaries.");
    const [behind] = await control.db
      .insert(databaseServers)
      .values({
        ...{ name: `proxy-${proxy.port}`, region: "faults", purpose: "primary", maxHospitals: 0 },
        ...{ host: "127.0.0.1", port: proxy.port },
        ...{ adminUser: primary.adminUser, sealedAdminPassword: primary.sealedAdminPassword },
      })
      .returning();
    await control.db
      .update(tenants)
      .set({ primaryServerId: behind?.id ?? "" })
      .where(eq(tenants.id, hospital.id));
    services.resolver.forget();
    const nurse = await hospital.as("nurse");
    expect((await nurse.get(listUrl)).status).toBe(200);
    expect((await nurse.get("/")).status).toBeLessThan(500);

    for (const fault of ["refuse", "freeze"] as const) {
      if (fault === "refuse") proxy.refuse();
      proxy.cut();
      if (fault === "freeze") proxy.freeze();
      const asked = await timed(() =>
        Promise.all([
          nurse.get(listUrl),
          nurse.get("/patients"),
          hospital
            .stranger()
            .send("/api/v1/tenant/auth/login", { json: { email: "a@b.example", password: "x" } }),
        ]),
      );
      expect(asked.ms).toBeLessThan(3_000);
      const [json, page, login] = asked.value;
      expect([json.status, page.status, login.status]).toEqual([503, 503, 503]);
      expect(json.headers.get("retry-after")).toBe("5");
      expect(await json.json()).toMatchObject({ code: "database.unavailable", status: 503 });
      expect(page.headers.get("content-type")).toStartWith("text/html");
      expect(await page.text()).toContain(hospital.facts.name);

      // While their database is away and asked for all the time, another hospital's people notice nothing.
      const storm = Promise.all(Array.from({ length: 40 }, () => nurse.get(listUrl)));
      const others = await timed(async () => {
        for (let call = 0; call < 20; call += 1) expect((await doctor.get(listUrl)).status).toBe(200);
      });
      expect(others.ms).toBeLessThan(2_000);
      for (const answer of await storm) expect(answer.status).toBe(503);

      proxy.heal();
      proxy.cut();
      const deadline = performance.now() + 5_000;
      let status = 0;
      while (status !== 200 && performance.now() < deadline) status = (await nurse.get(listUrl)).status;
      expect({ fault, status }).toEqual({ fault, status: 200 });
    }
    await control.db.update(tenants).set({ primaryServerId: primary.id }).where(eq(tenants.id, hospital.id));
    services.resolver.forget();
  } finally {
    proxy.stop();
  }
}, 60_000);

test("a thousand known hospitals cost no connection until they are used", async () => {
  const { services, admin, newHospital, client } = await testApp();
  const { control } = services.connections;
  const model = await newHospital();
  const [row] = await control.db.select().from(tenants).where(eq(tenants.id, model.id));
  if (row === undefined) throw new Error("The hospital is not in the list.");
  const watcher = openClient(admin.local, { max: 1 });
  const connections = async () => {
    const [count] = await watcher<{ n: number }[]>`
      select count(*)::int as n from pg_stat_activity where datname = ${model.facts.place.database}`;
    return count?.n ?? -1;
  };
  try {
    const pools = services.connections.stats().hospitalPools;
    await services.connections.forget(model.facts.place);
    // The server takes a moment to notice that a client has left.
    while ((await connections()) > 0) await watcher`select pg_sleep(0.01)`;
    const made = Array.from({ length: 1_000 }, (_, number) => ({
      ...row,
      id: Bun.randomUUIDv7(),
      subdomain: `known-${number}`,
      companyName: `Known ${number}`,
      ...{ tenantDbName: `known_${number}`, roleName: `known_${number}`, schemaName: `known_${number}` },
    }));
    await control.db.insert(tenants).values(made);
    // Each is found by its address, and shown its sign-in page.
    for (let number = 0; number < 1_000; number += 50)
      expect((await client(`known-${number}.localhost`).get("/sign-in")).status).toBe(200);
    for (const { id } of made) expect((await services.resolver.hospitalById(id))?.id).toBe(id);
    expect(await connections()).toBe(0);
    expect(services.connections.stats().hospitalPools - pools).toBeLessThanOrEqual(20);
    expect((await model.stranger().get("/api/v1/tenant/auth/me")).status).toBe(401);
    expect((await (await model.as("nurse")).get("/api/v1/tenant/auth/me")).status).toBe(200);
    expect(await connections()).toBeGreaterThan(0);
  } finally {
    await control.db.execute(sql`delete from tenants where subdomain like 'known-%'`);
    services.resolver.forget();
    await watcher.end();
  }
}, 60_000);
