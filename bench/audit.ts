/**
 * `bun bench/audit.ts [rows]`: an audit of ten million rows in a throw-away database. Prints one line a figure:
 * name, value, unit, apart by tabs.
 */
import { createConnections, openClient } from "../db/connect.ts";
import { dropDatabase, ensureDatabase } from "../db/databases.ts";
import { migrate } from "../db/migrate.ts";
import { auditEach } from "../server/audit/audit.ts";
import { type AuditFacts, type LaneEnd, macOf, sealOf } from "../server/audit/chain.ts";
import { hospitalAuditKey } from "../server/audit/keys.ts";
import { type AuditFilter, listAudit } from "../server/audit/list.ts";
import { hospitalAudit } from "../server/audit/planes.ts";
import { auditLook } from "../server/audit/reads.ts";
import { verifyAudit } from "../server/audit/verify.ts";
import { systemClock } from "../server/clock.ts";
import { keyringOf, newKey } from "../server/crypto.ts";
import type { HospitalContext } from "../server/tenancy/context.ts";
import { startTestCluster } from "../tests/support/database.ts";

const wanted = Number(process.argv[2] ?? 10_000_000);
const figure = (name: string, value: number, unit: string, digits = 1) =>
  console.log(`${name}\t${value.toFixed(digits)}\t${unit}`);
const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const cluster = await startTestCluster();
await ensureDatabase(cluster.local, "audit_bench");
const place = { ...cluster.local, database: "audit_bench", schema: "hospital" };
await migrate(place, "hospital");
const sql = openClient(place, { max: 2, connection: { statement_timeout: 0 } });
// Nobody ships these rows to a copy.
await sql`select setval('sync_slot', 3)`;
const days = 360;
await sql`select audit_make_months('audit_log', 3, ${new Date(Date.now() - days * 86_400_000)})`;

const keyring = keyringOf(newKey());
const connections = createConnections({ control: place });
const pool = connections.hospital(place);
const context = {
  hospital: { id: "bench", vault: { ...keyring, derive: keyring.current.derive } },
  actor: { kind: "user", userId: Bun.randomUUIDv7(), name: "Bench Nurse" },
  client: { requestId: Bun.randomUUIDv7(), address: "10.0.0.7", userAgent: null },
  clock: systemClock,
  db: pool.db,
  write: (work: never) => pool.transaction(work),
} as unknown as HospitalContext;
const key = hospitalAuditKey(context.hospital);

const people = Array.from({ length: 300 }, () => Bun.randomUUIDv7());
const patients = Array.from({ length: 50_000 }, () => Bun.randomUUIDv7());
const laneCount = 4;
const ends: LaneEnd[] = Array.from({ length: laneCount }, (_, index) => ({
  ...{ lane: index + 9, n: 0, mac: "", lastId: null },
}));
const start = Date.now() - days * 86_400_000;
const stepMs = (days * 86_400_000) / wanted;
const plain = (text: string) => text.replace(/[\\\t\n\r]/g, " ");

function line(index: number): string {
  const lane = index % laneCount;
  const end = ends[lane] as LaneEnd;
  const read = index % 5 !== 0;
  const facts: AuditFacts = {
    ...{ id: Bun.randomUUIDv7(), at: new Date(start + index * stepMs), actorKind: "user", read },
    ...{ actorId: people[index % people.length] ?? null, actorName: "Bench Nurse", entity: "patient" },
    event: read ? "patient.viewed" : index % 1000 === 0 ? "patient.deleted" : "patient.updated",
    subjectId: patients[(index * 7919) % patients.length] ?? null,
    entityId: patients[(index * 7919) % patients.length] ?? null,
    reason: index % 1000 === 0 ? `Entered twice ${index}` : null,
    ...{ requestId: "01a1fe13-2396-72a7-be82-0acf1080891a", address: "10.0.0.7" },
    details: read ? { part: "encounters" } : { fields: ["phone"] },
  };
  const n = end.n + 1;
  const mac = macOf(key, facts, { lane: end.lane, n, prev: end.lastId }, end.mac);
  ends[lane] = { lane: end.lane, n, mac, lastId: facts.id };
  const cell = (value: unknown) => (value === null ? "\\N" : plain(String(value)));
  return `${[
    ...[facts.id, facts.at.toISOString(), facts.actorKind, facts.actorId, facts.actorName, facts.event],
    ...[facts.subjectId, facts.entity, facts.entityId, facts.reason, facts.requestId, facts.address],
    ...[JSON.stringify(facts.details), read, end.lane, n, end.lastId, mac],
  ]
    .map(cell)
    .join("\t")}\n`;
}

async function fill(): Promise<void> {
  const piece = 20_000;
  for (let done = 0; done < wanted; done += piece * 10) {
    const sink =
      await sql`copy audit_log (id, at, actor_kind, actor_id, actor_name, event, patient_id, entity, entity_id,
      reason, request_id, address, details, read, lane, n, prev, mac) from stdin`.writable();
    for (let inner = 0; inner < 10 && done + inner * piece < wanted; inner += 1) {
      let text = "";
      for (let index = 0; index < piece && done + inner * piece + index < wanted; index += 1)
        text += line(done + inner * piece + index);
      if (!sink.write(text)) await new Promise((resolve) => sink.once("drain", resolve));
    }
    await new Promise<void>((resolve, reject) => {
      sink.once("error", reject);
      sink.once("finish", resolve);
      sink.end();
    });
  }
  for (const end of ends)
    await sql`insert into audit_lanes (lane, kind, n, mac, last_id, seal)
      values (${end.lane}, 'read', ${end.n}, ${end.mac}, ${end.lastId}, ${sealOf(key, end)})
      on conflict (lane) do update set (n, mac, last_id, seal) = (excluded.n, excluded.mac, excluded.last_id, excluded.seal)`;
}

async function act(): Promise<void> {
  await pool.transaction((tx) =>
    auditEach(tx, context, [
      { event: "patient.updated", entity: "patient", entityId: "x", details: { fields: ["phone"] } },
    ]),
  );
}

async function timed(count: number, work: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const started = performance.now();
    await work();
    took.push(performance.now() - started);
  }
  return middle(took);
}

const empty = async () => pool.transaction((tx) => tx.execute("select 1"));

try {
  await timed(200, act);
  figure("act-empty", await timed(300, act), "ms", 2);
  const filling = performance.now();
  await fill();
  figure("filled", wanted / ((performance.now() - filling) / 1000), "rows/s", 0);
  await sql`analyze audit_log`;
  figure("act-full", await timed(300, act), "ms", 2);
  figure("transaction-alone", await timed(300, empty), "ms", 2);
  const looks = performance.now();
  for (let round = 0; round < 100; round += 1)
    await Promise.all(
      Array.from({ length: 32 }, () => auditLook({ ...context }, patients[round] ?? "", "encounters")),
    );
  figure("look-of-32", (performance.now() - looks) / 3200, "ms a look", 3);
  const lists: readonly (readonly [string, AuditFilter])[] = [
    ["newest", {}],
    ["of-a-patient", { subjectId: patients[5] ?? "" }],
    ["of-a-person", { actorIds: [people[5] ?? ""] }],
    ["of-an-event", { event: "patient.deleted" }],
    [
      "of-three-days",
      { from: new Date(start + 100 * 86_400_000), until: new Date(start + 103 * 86_400_000) },
    ],
    ["changes-of-a-patient", { subjectId: patients[6] ?? "", read: false }],
    ["words-rare", { text: "twice 4321000" }],
    ["words-common", { text: "entered twice" }],
  ];
  for (const [name, filter] of lists) {
    let cursor: string | undefined;
    const pages: number[] = [];
    for (let page = 0; page < 12; page += 1) {
      const started = performance.now();
      const found = await listAudit(pool.db, hospitalAudit, filter, { limit: 50, cursor });
      pages.push(performance.now() - started);
      cursor = found.nextCursor ?? undefined;
    }
    figure(`list-${name}`, middle(pages), "ms", 2);
    figure(`list-${name}-slowest`, Math.max(...pages), "ms", 2);
  }
  const verdict = await verifyAudit(place, hospitalAudit, key);
  figure("verify", verdict.rows / (verdict.tookMs / 1000), "rows/s", 0);
  figure("verify-whole", verdict.tookMs / 1000, "s");
  figure("verify-broken", verdict.broken.length, "rows", 0);
  const [size] = await sql<{ bytes: number }[]>`
    select sum(pg_total_relation_size(inhrelid))::float8 as bytes from pg_inherits where inhparent = 'audit_log'::regclass`;
  figure("bytes-a-row", (size?.bytes ?? 0) / wanted, "bytes", 0);
} finally {
  await sql.end({ timeout: 1 });
  await connections.close();
  await dropDatabase(cluster.local, "audit_bench").catch(() => {});
}
process.exit(0);
