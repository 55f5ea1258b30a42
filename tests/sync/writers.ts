import type { Pair } from "./support.ts";

type Sql = Pair["primary"];

/**
 * Writers that insert, change and delete the same few hundred rows in transactions that overlap and commit out
 * of order, for about `ms`. Answers the transactions that were acknowledged.
 */
export async function writeConcurrently(sql: Sql, writers: number, ms: number): Promise<number> {
  const until = performance.now() + ms;
  const one = async (writer: number): Promise<number> => {
    let committed = 0;
    for (let turn = 0; performance.now() < until; turn += 1) {
      // A row is only touched in the order of its number, so that writers wait for each other but never in a ring.
      const rows = [...new Set([1, 2, 3].map(() => Math.floor(Math.random() * 300)))].sort((a, b) => a - b);
      await sql.begin(async (tx) => {
        for (const row of rows) {
          const label = `${writer}:${turn}`;
          const key = `00000000-0000-7000-8000-${String(row).padStart(12, "0")}`;
          if (Math.random() < 0.2) await tx`delete from rosters where ward_id = ${key} and "week day" = 1`;
          else
            await tx`insert into rosters values (${key}, 1, ${label}) on conflict (ward_id, "week day") do update set who = excluded.who`;
        }
        await tx`insert into counters (n) values (${turn})`;
        await tx`select pg_sleep(random() * 0.01)`;
      });
      committed += 1;
    }
    return committed;
  };
  const counts = await Promise.all(Array.from({ length: writers }, (_, writer) => one(writer)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A follower of the log that believes in `seq > last seen`: the control that must miss rows. */
export function followNaively(sql: Sql): { stop(): Promise<{ seen: number; logged: number }> } {
  let following = true;
  let last = 0;
  const seen = new Set<number>();
  const running = (async () => {
    const [start] = await sql<{ seq: number }[]>`select coalesce(max(seq), 0)::float8 as seq from sync_log`;
    const first = start?.seq ?? 0;
    last = first;
    const read = async () => {
      for (const { seq } of await sql<
        { seq: number }[]
      >`select seq::float8 as seq from sync_log where seq > ${last} order by seq`) {
        seen.add(seq);
        last = seq;
      }
    };
    while (following) await read();
    await read();
    const [all] = await sql<{ n: number }[]>`select count(*)::int as n from sync_log where seq > ${first}`;
    return { seen: seen.size, logged: all?.n ?? 0 };
  })();
  return {
    async stop() {
      following = false;
      return running;
    },
  };
}
