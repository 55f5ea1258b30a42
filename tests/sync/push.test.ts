import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { pushSync } from "../../server/sync/push.ts";
import { reseed } from "../../server/sync/reseed.ts";
import { acknowledge, applyBatch, readBatch } from "../../server/sync/ship.ts";
import { withSide } from "../../server/sync/sides.ts";
import { cutTick, readState, tickOf } from "../../server/sync/state.ts";
import { syncStatus } from "../../server/sync/status.ts";
import { inTurn } from "../../server/sync/turn.ts";
import { verifySync } from "../../server/sync/verify.ts";
import { startProxy } from "../support/proxy.ts";
import { differences, makePair, type Pair } from "./support.ts";
import { followNaively, writeConcurrently } from "./writers.ts";

let pair: Pair;
beforeAll(async () => {
  pair = await makePair({ max: 14 });
});
afterAll(() => pair.close());

async function expectEqual(): Promise<void> {
  expect(await differences(pair)).toEqual({});
}

describe("concurrent writers", () => {
  test("commits out of order lose nothing and end equal; a naive watermark in the same run misses rows", async () => {
    await pushSync(pair.places);
    const naive = followNaively(pair.primary);
    let writing = true;
    const writers = writeConcurrently(pair.primary, 12, 2_500).finally(() => {
      writing = false;
    });
    while (writing) expect(["synced", "behind"]).toContain((await pushSync(pair.places)).outcome);
    const acknowledged = await writers;
    const report = await pushSync(pair.places);
    expect(report.outcome).toBe("synced");
    expect(report.lagRows).toBe(0);
    expect(acknowledged).toBeGreaterThan(100);
    const { seen, logged } = await naive.stop();
    expect(seen).toBeLessThan(logged);
    await expectEqual();
    expect((await verifySync(pair.places)).equal).toBe(true);
  }, 120_000);

  test("every state a reader of the copy sees is one the hospital had", async () => {
    await pair.primary`insert into counters (n) values (0), (0)`;
    const ids = (await pair.primary<{ id: string }[]>`select id from counters order by id desc limit 2`).map(
      (row) => row.id,
    );
    await pushSync(pair.places);
    let writing = true;
    // Both counters always change together, by the same amount, in two statements.
    const writers = Promise.all(
      [0, 1, 2].map(async () => {
        for (let turn = 0; turn < 40; turn += 1)
          await pair.primary.begin(async (tx) => {
            for (const id of ids) await tx`update counters set n = n + 1 where id = ${id}`;
          });
      }),
    ).finally(() => {
      writing = false;
    });
    const pushing = (async () => {
      while (writing) await pushSync(pair.places);
    })();
    while (writing) {
      const rows = await pair.copy<{ n: number }[]>`select n from counters where id in ${pair.copy(ids)}`;
      expect(rows[0]?.n).toBe(rows[1]?.n);
    }
    await Promise.all([writers, pushing]);
    await pushSync(pair.places);
    const rows = await pair.copy<{ n: number }[]>`select n from counters where id in ${pair.copy(ids)}`;
    expect(rows.map((row) => row.n)).toEqual([120, 120]);
  }, 120_000);
});

describe("exactly once", () => {
  test("a batch brought twice is applied once; one out of turn or not whole is refused", async () => {
    await pushSync(pair.places);
    await pair.primary`insert into counters (n) values (1000041)`;
    await withSide("primary", pair.places.primary, (primary) =>
      withSide("copy", pair.places.copy, async (copy) => {
        const before = (await readState(copy, "copy")).lastTick;
        const tick = await cutTick(primary, 0);
        const ship = async (first: number, final: number): Promise<void> => {
          await applyBatch(copy, await readBatch(primary, first, final), 20_000);
          await acknowledge(primary, final);
        };
        await ship(before + 1, tick);
        await pair.copy`update counters set n = -41 where n = 1000041`;
        await expect(ship(before + 1, tick)).rejects.toThrow("do not follow");
        await copy.unsafe("rollback");
        const later = await cutTick(primary, 0);
        await expect(ship(later + 1, later + 1)).rejects.toThrow("not both in the log");
        await copy.unsafe("rollback");
        await pair.primary`insert into counters (n) values (1000042)`;
        const next = await cutTick(primary, 0);
        const [row] = await primary<{ m: string }[]>`select sync_manifest(${tick + 1}, ${next})::text as m`;
        await expect(copy`select sync_apply(${row?.m ?? ""}::text::jsonb)`.execute()).rejects.toThrow(
          "Staged 0 of 1 rows",
        );
      }),
    );
    expect(await pair.copy`select from counters where n = -41`).toHaveLength(1);
    await pair.copy`update counters set n = 1000041 where n = -41`;
    await pushSync(pair.places);
    await expectEqual();
  });

  test("an acknowledgement lost after the commit is learnt from the copy", async () => {
    await pair.primary`insert into counters (n) values (50)`;
    const [before] = await pair.primary`select acked_tick from sync_state`;
    await pushSync(pair.places);
    await pair.primary`update sync_state set acked_tick = ${before?.["acked_tick"]}`;
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    await expectEqual();
  });

  test("two workers at once: one pushes, the other says so", async () => {
    await pair.primary`insert into counters (n) select 1000060 from generate_series(1, 3000)`;
    const outcomes = (await Promise.all([1, 2, 3].map(() => pushSync(pair.places)))).map(
      (report) => report.outcome,
    );
    expect(outcomes).toContain("synced");
    await pushSync(pair.places);
    await expectEqual();
  });

  test("a push that has ended stands in nobody's way, though its connection may end later", async () => {
    const next = await withSide("primary", pair.places.primary, async (session) => {
      await inTurn(session, async () => ({ outcome: "synced", parked: null }));
      return pushSync(pair.places);
    });
    expect(next.outcome).toBe("synced");
  });

  test("nor does one that a fault ended in the middle of a transaction", async () => {
    const next = await withSide("primary", pair.places.primary, async (session) => {
      const push = async () => {
        await session.unsafe("begin");
        await session.unsafe("select 1 / 0");
        throw new Error("It divides by zero.");
      };
      await expect(inTurn(session, push)).rejects.toThrow("division by zero");
      return pushSync(pair.places);
    });
    expect(next.outcome).toBe("synced");
  });
});

describe("connections that die", () => {
  for (const side of ["primary", "copy"] as const)
    test(`the ${side}'s sessions are killed again and again in the middle of pushes: nothing lost or doubled`, async () => {
      const admin = side === "primary" ? pair.primary : pair.copy;
      let working = true;
      const work = (async () => {
        for (let turn = 0; turn < 6; turn += 1) {
          await pair.primary`insert into wards (name) select 'k' || i from generate_series(1, 800) i`;
          await pair.primary`update wards set name = name || '.' where name like 'k1%'`;
          await pair.primary`delete from wards where name like 'k9%'`;
          await pushSync(pair.places);
        }
      })().finally(() => {
        working = false;
      });
      let kills = 0;
      while (working) {
        const killed = await admin`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = ${pair.places[side].database} and application_name = 'wardline-sync' and state = 'active'`;
        kills += killed.length;
        await Bun.sleep(7);
      }
      await work;
      expect(kills).toBeGreaterThan(2);
      expect((await pushSync(pair.places)).outcome).toBe("synced");
      await expectEqual();
    }, 120_000);
});

/** The copy's session, once the copy of the rows waits for a lock there. */
async function waitingToTakeRows(): Promise<number> {
  for (;;) {
    const [row] = await pair.copy<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = ${pair.places.copy.database}
        and application_name = 'wardline-sync' and wait_event_type = 'Lock' and query like 'copy sync_staging%'`;
    if (row !== undefined) return row.pid;
    await Bun.sleep(5);
  }
}

describe("a push always ends", () => {
  test("the copy dies as the rows are about to flow: the push says so and gives up its turn", async () => {
    await pushSync(pair.places);
    await pair.primary`insert into wards (name) select 'k' || i from generate_series(1, 5000) i`;
    const pushing = await pair.copy.begin(async (tx) => {
      await tx`lock table sync_staging in access exclusive mode`;
      const push = pushSync(pair.places);
      await tx`select pg_terminate_backend(${await waitingToTakeRows()})`;
      return [push];
    });
    expect((await pushing[0])?.outcome).toBe("copy-unreachable");
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    await expectEqual();
  });

  test("the copy takes no more rows and says nothing: the push gives it up", async () => {
    await pair.primary`insert into wards (name) select 'k' || i from generate_series(1, 5000) i`;
    await pair.copy.unsafe(`
      create function hold_back() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock(4711); return new; end $$;
      create trigger hold_back before insert on sync_staging for each row execute function hold_back()`);
    try {
      const outcome = await pair.copy.begin(async (tx) => {
        await tx`select pg_advisory_xact_lock(4711)`;
        const push = pushSync(pair.places, { stallMs: 1_000 });
        await waitingToTakeRows();
        return (await push).outcome;
      });
      expect(outcome).toBe("copy-unreachable");
    } finally {
      await pair.copy`drop function hold_back cascade`;
    }
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    await expectEqual();
  });

  test("another transaction stands in the way: the push ends well, and the next one goes on", async () => {
    await pair.primary`insert into wards (name) values ('in the way')`;
    const pushing = await pair.copy.begin(async (tx) => {
      // Of the two that wait for each other it is the push that is to notice.
      await tx`set local deadlock_timeout = '5min'`;
      await tx`lock table wards in access exclusive mode`;
      const push = pushSync(pair.places);
      for (let waiting = 0; waiting === 0; await Bun.sleep(5))
        waiting = (await pair.copy`select from pg_locks where relation = 'wards'::regclass and not granted`)
          .length;
      await tx`update sync_state set verified_tick = verified_tick`;
      return [push];
    });
    expect((await pushing[0])?.outcome).toBe("behind");
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    await expectEqual();
  });

  test("the way to the copy is cut while it applies: it goes on by itself, and the next push finds it done", async () => {
    await pushSync(pair.places);
    const way = await startProxy(pair.places.copy);
    const through = { ...pair.places.copy, host: "127.0.0.1", port: way.port };
    await pair.primary`insert into wards (name) select 'far ' || i from generate_series(1, 3000) i`;
    try {
      const [outcome, next] = await pair.copy.begin(async (tx) => {
        await tx`lock table wards in access exclusive mode`;
        const push = pushSync({ ...pair.places, copy: through });
        for (let waiting = 0; waiting === 0; await Bun.sleep(5))
          waiting = (await pair.copy`select from pg_locks where relation = 'wards'::regclass and not granted`)
            .length;
        way.cut();
        const { outcome } = await push;
        // What was left behind is not done yet, and nobody does it a second time.
        const next = pushSync(pair.places);
        for (let waiting = 0; waiting === 0; await Bun.sleep(5))
          waiting = (
            await pair.copy`
              select from pg_locks where locktype = 'advisory' and not granted
                and database = (select oid from pg_database where datname = current_database())`
          ).length;
        return [outcome, [next]] as const;
      });
      expect(outcome).toBe("copy-unreachable");
      expect(await next[0]).toMatchObject({ outcome: "behind", rows: 0 });
    } finally {
      way.stop();
    }
    expect(await pushSync(pair.places)).toMatchObject({ outcome: "synced", rows: 0, lagRows: 0 });
    await expectEqual();
  });

  test("the copy dies before it takes the first of more rows than may wait: the primary is given back", async () => {
    await pair.primary`insert into wards (name) select repeat('v', 1000) || i from generate_series(1, 12000) i`;
    const pushing = await pair.copy.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(sync_lock_key('stage'))`;
      const push = pushSync(pair.places);
      for (let ended = 0; ended === 0; await Bun.sleep(5))
        ended = (
          await pair.copy`
            select pg_terminate_backend(pid) from pg_stat_activity where datname = ${pair.places.copy.database}
              and application_name = 'wardline-sync' and wait_event = 'advisory'`
        ).length;
      return [push];
    });
    expect(await pushing[0]).toMatchObject({ outcome: "copy-unreachable", lagRows: 12_000 });
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    await expectEqual();
    await pair.primary`delete from wards where length(name) > 1000`;
    await pushSync(pair.places);
  });

  test("the copy refuses a batch while more of the next is read than may wait: both sides are given back", async () => {
    await pushSync(pair.places);
    await pair.primary`insert into wards (name) values ('too soon')`;
    await pair.primary`select sync_cut_tick('0')`;
    await pair.primary`insert into wards (name) select repeat('w', 1000) || i from generate_series(1, 6000) i`;
    await pair.copy.unsafe(`
      create function refuse() returns trigger language plpgsql as
        $$ begin perform pg_sleep(1); raise exception 'Not yet.' using errcode = 'WL409'; end $$;
      create trigger refuse before insert on wards for each row when (new.name = 'too soon') execute function refuse()`);
    try {
      const parked = await pushSync(pair.places, { batchRows: 10 });
      expect(parked).toMatchObject({ outcome: "parked", parked: { code: "schema-ahead" }, batches: 0 });
      expect(parked.lagRows).toBe(6_001);
    } finally {
      await pair.copy`drop function refuse cascade`;
    }
    expect(await pushSync(pair.places, { batchRows: 10 })).toMatchObject({ outcome: "synced", batches: 2 });
    await expectEqual();
    // What follows need not carry them along.
    await pair.primary`delete from wards where length(name) > 1000`;
    await pushSync(pair.places);
  });

  for (const side of ["primary", "copy"] as const)
    test(`the ${side}'s server ends a session that nobody uses any more, and with it the turn`, async () => {
      await withSide(side, pair.places[side], async (session) => {
        const settings = await session<{ name: string; setting: string }[]>`
          select name, setting from pg_settings
          where name in ('idle_session_timeout', 'idle_in_transaction_session_timeout', 'statement_timeout',
            'tcp_keepalives_idle', 'tcp_user_timeout') and setting::int > 0`;
        expect(settings).toHaveLength(5);
      });
    });
});

describe("the copy away", () => {
  test("the hospital works, says so, and catches up when it returns", async () => {
    const away = { ...pair.places, copy: { ...pair.places.copy, port: 1 } };
    await pair.primary`insert into counters (n) select 1000070 from generate_series(1, 100)`;
    const report = await pushSync(away);
    expect(report.outcome).toBe("copy-unreachable");
    expect(report.lagRows).toBe(100);
    await pair.primary`delete from counters where n = 1000060`;
    expect((await pushSync(away)).lagRows).toBe(3100);
    const status = await syncStatus(away);
    expect(status).toMatchObject({ primary: { reachable: true }, copy: { reachable: false }, lagRows: 3100 });
    const back = await pushSync(pair.places);
    expect(back).toMatchObject({ outcome: "synced", lagRows: 0, rows: 3100, batches: 1 });
    expect((await pushSync({ ...pair.places, primary: { ...pair.places.primary, port: 1 } })).outcome).toBe(
      "primary-unreachable",
    );
    await expectEqual();
  });

  test("the log is emptied once applied; past its cap it is dropped, and the copy is filled again", async () => {
    const small = { logTurnBytes: 64 * 1024, logCapBytes: 1024 * 1024 };
    for (let turn = 0; turn < 4; turn += 1) {
      await pair.primary`insert into wards (name) select 'log' || i from generate_series(1, 1000) i`;
      await pushSync(pair.places, small);
    }
    await pushSync(pair.places, small);
    const [left] = await pair.primary<{ n: number }[]>`select count(*)::int as n from sync_log`;
    expect(left?.n).toBeLessThan(2100);
    const away = { ...pair.places, copy: { ...pair.places.copy, port: 1 } };
    for (let turn = 0; turn < 4; turn += 1) {
      await pair.primary`insert into wards (name) select 'cap' || i from generate_series(1, 2000) i`;
      await pushSync(away, small);
    }
    await pushSync(away, small);
    const status = await syncStatus(away);
    expect(status.filling).toBe(true);
    expect(status.logBytes).toBeLessThan(600_000);
    await pair.primary`update wards set name = 'unseen by any log' where name = 'cap1'`;
    expect((await pushSync(pair.places, small)).outcome).toBe("synced");
    await expectEqual();
  }, 120_000);

  test("a hospital without a copy keeps no log, and gets its copy filled when it is given one", async () => {
    const alone = { primary: pair.places.primary, copy: null };
    await pushSync(alone);
    expect((await pushSync(alone)).outcome).toBe("no-copy");
    await pair.primary`delete from wards where name like 'log%'`;
    await pair.primary`insert into counters (n) values (80)`;
    expect(
      await pair.primary`select from sync_log where xid = pg_snapshot_xmax(pg_current_snapshot())`,
    ).toHaveLength(0);
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    await expectEqual();
  });
});

describe("proof and repair", () => {
  beforeAll(async () => {
    await pair.primary`delete from wards where name ~ '^(k|log|cap)'`;
    await pair.primary`delete from counters where n > 1000000`;
  });
  beforeEach(async () => {
    await pushSync(pair.places);
  });
  afterEach(expectEqual);

  test("a row changed, removed or added on the copy is found, and a reseed puts it right", async () => {
    await pair.copy`update wards set name = 'forged' where id = (select id from wards limit 1)`;
    await pair.copy`delete from counters where id = (select min(id) from counters)`;
    await pair.copy`insert into rosters values (gen_random_uuid(), 1, 'nobody')`;
    const found = await verifySync(pair.places, { repair: false });
    expect(found.outcome).toBe("verified");
    expect(found.tables.filter((table) => !table.equal).map((table) => table.table)).toEqual([
      "counters",
      "rosters",
      "wards",
    ]);
    expect((await syncStatus(pair.places)).verifiedEqual).toBe(false);
    expect((await reseed(pair.places)).outcome).toBe("synced");
    expect((await verifySync(pair.places)).equal).toBe(true);
  });

  test("a reseed under writers, resumed after being cut short, ends equal", async () => {
    await pair.primary`insert into wards (name) select 'more' || i from generate_series(1, 6000) i`;
    // Unique values that lie on other rows than in the hospital.
    await pair.copy`update wards set bed = 'b' || name where bed is null`.catch(() => null);
    let writing = true;
    const writers = writeConcurrently(pair.primary, 4, 1_500).finally(() => {
      writing = false;
    });
    expect((await reseed(pair.places, { budgetMs: 1, batchRows: 1_000 })).outcome).toBe("behind");
    expect((await syncStatus(pair.places)).filling).toBe(true);
    while (writing) await pushSync(pair.places, { batchRows: 2_000 });
    await writers;
    expect((await pushSync(pair.places)).outcome).toBe("synced");
    expect((await syncStatus(pair.places)).filling).toBe(false);
  }, 120_000);

  test("a copy set back is filled again; a hospital set back is fenced", async () => {
    const [was] = await pair.copy`select last_tick, last_mark from sync_state`;
    await pair.primary`insert into counters (n) values (90)`;
    await pushSync(pair.places);
    await pair.copy`update sync_state set last_tick = ${was?.["last_tick"]}, last_mark = ${was?.["last_mark"]}`;
    await pair.copy`delete from counters where n = 90`;
    expect((await pushSync(pair.places, { heartbeatMs: 0 })).outcome).toBe("synced");
    await expectEqual();
    await pair.primary`delete from sync_tick where id > ${was?.["last_tick"]}`;
    await pair.primary`update sync_state set acked_tick = ${was?.["last_tick"]}`;
    const fenced = await pushSync(pair.places, { heartbeatMs: 0 });
    expect(fenced.parked?.code).toBe("primary-rolled-back");
    expect((await syncStatus(pair.places)).parked?.code).toBe("primary-rolled-back");
    expect((await reseed(pair.places)).outcome).toBe("synced");
  });

  test("another hospital's working database is never overwritten, even where a reseed is asked for", async () => {
    const other = await makePair();
    try {
      await pushSync(other.places);
      const wrong = { primary: pair.places.primary, copy: other.places.primary };
      expect((await reseed(wrong)).parked?.code).toBe("copy-is-primary");
      expect(
        (await pushSync({ primary: pair.places.primary, copy: pair.places.primary }, { heartbeatMs: 0 }))
          .parked?.code,
      ).toBe("same-database");
      const foreign = { primary: other.places.primary, copy: pair.places.copy };
      expect((await pushSync(foreign, { heartbeatMs: 0 })).parked?.code).toBe("other-incarnation");
      expect((await pushSync({ ...other.places, primary: other.places.copy })).parked?.code).toBe(
        "primary-is-copy",
      );
    } finally {
      await other.close();
    }
    expect((await reseed(pair.places)).outcome).toBe("synced");
  });

  test("ticks on the primary have no gap and the copy names the newest", async () => {
    const gaps =
      await pair.primary`select from (select id - lag(id) over (order by id) as step from sync_tick) t where step <> 1`;
    expect(gaps).toHaveLength(0);
    await withSide("primary", pair.places.primary, async (primary) => {
      const status = await syncStatus(pair.places);
      const tick = await tickOf(primary, status.lastTick ?? -1);
      expect(tick?.at).toEqual(status.lastTickAt ?? new Date(0));
    });
  });
});
