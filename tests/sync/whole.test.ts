import { afterAll, beforeAll, expect, test } from "bun:test";
import { openClient } from "../../db/connect.ts";
import { dropDatabase } from "../../db/databases.ts";
import type { Place } from "../../db/planes.ts";
import { createHospitalDatabase } from "../../db/templates.ts";
import { pushSync } from "../../server/sync/push.ts";
import { verifySync } from "../../server/sync/verify.ts";
import { testCluster } from "../support/database.ts";

/** A hospital's own schema as it is shipped, and its copy. */
let places: { readonly primary: Place; readonly copy: Place };
let admin: Place;
beforeAll(async () => {
  const { local } = await testCluster();
  admin = local;
  const name = `sync_${process.pid}_shipped`;
  const place = (suffix: string): Place => ({ ...local, database: `${name}_${suffix}`, schema: "hospital" });
  places = { primary: place("p"), copy: place("c") };
  for (const at of [places.primary, places.copy]) await createHospitalDatabase(admin, at.database);
});
afterAll(async () => {
  for (const at of [places.primary, places.copy]) await dropDatabase(admin, at.database);
});

test("the shipped schema is filled, followed and proven equal, its audit in months among it", async () => {
  const sql = openClient(places.primary, { max: 1 });
  const audit = (at: string, event: string) => sql`
    insert into audit_log (id, at, actor_kind, actor_name, event, entity)
    values (gen_random_uuid(), ${at}::text::timestamptz, 'system', 'Test', ${event}, 'test')`;
  try {
    await audit("2026-11-20Z", "before");
    expect((await pushSync(places)).outcome).toBe("synced");
    await audit("2026-11-21Z", "after");
    // Far beyond what is made ahead: it lies in the rest until its month is made, on both sides.
    const [beyond] = await sql<{ at: string }[]>`
      select (date_trunc('month', now()) + interval '6 months')::text as at`;
    await audit(beyond?.at ?? "", "later");
    expect((await pushSync(places)).outcome).toBe("synced");
    await sql`select audit_make_months('audit_log', 7)`;
    await audit(beyond?.at ?? "", "later still");
    expect((await pushSync(places)).outcome).toBe("synced");
    const report = await verifySync(places, { repair: false });
    expect(report.tables.filter((table) => !table.equal)).toEqual([]);
    expect(report).toMatchObject({ outcome: "verified", equal: true });
    expect(report.tables.find((table) => table.table === "audit_log")?.copyRows).toBe(4);
  } finally {
    await sql.end();
  }
}, 120_000);
