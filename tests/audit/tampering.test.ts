import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { audit } from "../../server/audit/audit.ts";
import { keepAudits } from "../../server/bridge/audit.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";
import { type Ruler, rulerOf } from "./support.ts";

setDefaultTimeout(60_000);

let app: TestApp;
let hospital: TestHospital;
let ruler: Ruler;
let rows: readonly { readonly id: string; readonly n: number }[];
const acts = 12;

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
  const context = hospital.system();
  for (let n = 0; n < acts; n += 1) {
    app.clock.advance(1_000);
    await context.write((tx) =>
      audit(tx, context, {
        event: "department.updated",
        entity: "department",
        entityId: String(n),
        reason: `reason ${n}`,
        details: { fields: ["name"], n },
      }),
    );
  }
  ruler = await rulerOf(app, hospital);
  rows = await ruler.sql<{ id: string; n: number }[]>`
    select id, n::int as n from audit_log where lane = 1 order by n`;
  await ruler.keep();
});
afterAll(() => ruler.close());

const idOf = (place: number) => rows.at(place)?.id ?? "";

/** What the ruler does, and the row and the fault that the proof must name first. */
async function tamper(work: () => Promise<unknown>): Promise<{ id: string | null; fault: string } | null> {
  try {
    await work();
    const { first, whole } = await ruler.verify();
    expect(whole).toBe(first === null);
    return first === null ? null : { id: first.id, fault: first.fault };
  } finally {
    await ruler.restore();
  }
}

test("an audit that nobody touched is whole, and tells how many rows it has", async () => {
  const verdict = await ruler.verify();
  expect(verdict).toMatchObject({ whole: true, first: null, broken: [] });
  expect(verdict.rows).toBe(rows.length);
  expect(rows.length).toBeGreaterThan(acts);
});

describe("who rules the database and has no key is found to have", () => {
  const columns: readonly (readonly [string, string])[] = [
    ["id", "gen_random_uuid()"],
    ["at", "at + interval '1 millisecond'"],
    ["at", "'infinity'"],
    ["actor_kind", "'user'"],
    ["actor_id", "gen_random_uuid()"],
    ["actor_name", "'Somebody else'"],
    ["event", "'department.created'"],
    ["entity", "'role'"],
    ["entity_id", "null"],
    ["patient_id", "gen_random_uuid()"],
    ["reason", "'another reason'"],
    ["request_id", "null"],
    ["address", "'10.0.0.1'"],
    ["details", "details || '{\"n\": 99}'"],
    ["details", "null"],
    ["read", "true"],
    ["mac", "reverse(mac)"],
    ["mac", "null"],
    ["prev", "gen_random_uuid()"],
    ["lane", "null"],
  ];
  test.each(columns)("altered a row: %s = %s", async (column, value) => {
    const first = await tamper(() =>
      ruler.sql.unsafe(`update audit_log set ${column} = ${value} where id = '${idOf(5)}'`),
    );
    if (column === "id") expect(first?.fault).toBe("altered");
    else expect(first).toEqual({ id: idOf(5), fault: "altered" });
  });

  test.each([
    ["the first", 0],
    ["a middle one", 6],
    ["the last", -1],
  ] as const)("removed a row: %s", async (_, place) => {
    expect(await tamper(() => ruler.sql`delete from audit_log where id = ${idOf(place)}`)).toEqual({
      id: idOf(place),
      fault: "removed",
    });
  });

  test("removed several rows, and numbered the rest anew", async () => {
    const first = await tamper(async () => {
      await ruler.sql`delete from audit_log where lane = 1 and n between 4 and 6`;
      await ruler.sql`update audit_log set n = n - 3 where lane = 1 and n > 6`;
    });
    expect(first).not.toBeNull();
  });

  test("cut off the tail, with or without the lane's end", async () => {
    const cut = () => ruler.sql`delete from audit_log where lane = 1 and n > 8`;
    expect((await tamper(cut))?.fault).toBe("removed");
    expect(
      (
        await tamper(async () => {
          await cut();
          await ruler.sql`update audit_lanes set (n, mac, last_id) =
            (select n, mac, id from audit_log where lane = 1 and n = 8) where lane = 1`;
        })
      )?.fault,
    ).toBe("removed");
    expect(
      (
        await tamper(async () => {
          await cut();
          await ruler.sql`delete from audit_lanes where lane = 1`;
        })
      )?.fault,
    ).toBe("removed");
  });

  test("gone on from an end that was moved: the app leaves it as it lies", async () => {
    const first = await tamper(async () => {
      await ruler.sql`delete from audit_log where id = ${idOf(-1)}`;
      await ruler.sql`update audit_lanes set (n, mac, last_id) =
        (select n, mac, id from audit_log where lane = 1 order by n desc limit 1) where lane = 1`;
      const context = hospital.system();
      await context.write((tx) =>
        audit(tx, context, { event: "role.updated", entity: "role", entityId: null }),
      );
    });
    expect(first?.fault).toBe("removed");
  });

  test("exchanged two rows, their places or their times", async () => {
    const exchange = (column: string) =>
      ruler.sql.unsafe(`update audit_log a set ${column} = b.${column} from audit_log b
        where a.id in ('${idOf(3)}', '${idOf(7)}') and b.id in ('${idOf(3)}', '${idOf(7)}') and a.id <> b.id`);
    for (const column of ["n", "at"]) {
      const first = await tamper(() => exchange(column));
      expect({ column, ...first }).toMatchObject({ column, fault: "reordered" });
      expect([idOf(3), idOf(7)]).toContain(first?.id ?? "");
    }
  });

  test("added a row: in another's place, at the end, in between, in no place, in a lane of its own", async () => {
    const forged = Bun.randomUUIDv7();
    const add = (lane: string, n: string) =>
      ruler.sql.unsafe(`insert into audit_log (id, at, actor_kind, actor_name, event, entity, read, lane, n, prev, mac)
        select '${forged}', at, actor_kind, actor_name, event, entity, read, ${lane}, ${n}, prev, mac
        from audit_log where id = '${idOf(5)}'`);
    const inserted = { id: forged, fault: "inserted" };
    expect(await tamper(() => add("1", "n"))).toEqual(inserted);
    expect(await tamper(() => add("1", "1000"))).toEqual(inserted);
    expect(await tamper(() => add("null", "null"))).toEqual(inserted);
    expect((await tamper(() => add("77", "1")))?.fault).toBeDefined();
    const between = await tamper(async () => {
      await ruler.sql`update audit_log set n = n + 1 where lane = 1 and n >= 6`;
      await add("1", "6");
    });
    expect(between).toEqual(inserted);
  });

  test("dropped a month", async () => {
    const [month] = await ruler.sql<{ name: string }[]>`
      select tableoid::regclass::text as name from audit_log where id = ${idOf(5)}`;
    const first = await tamper(() => ruler.sql.unsafe(`drop table ${month?.name}`));
    expect(first?.fault).toBe("removed");
  });

  test("emptied all of it, ends included, once the owner plane has noted where it ended", async () => {
    await keepAudits(app.services, systemOwner(app.services, "tests"));
    const first = await tamper(async () => {
      await ruler.sql`delete from audit_log`;
      await ruler.sql`delete from audit_lanes`;
    });
    expect(first?.fault).toBe("removed");
  });

  test("put back an older state whole, once the owner plane has noted a newer one", async () => {
    const context = hospital.system();
    await context.write((tx) =>
      audit(tx, context, { event: "role.updated", entity: "role", entityId: null }),
    );
    await keepAudits(app.services, systemOwner(app.services, "tests"));
    await ruler.restore();
    expect((await ruler.verify()).first?.fault).toBe("removed");
  });
});
