import type { openClient } from "../../db/connect.ts";

type Sql = ReturnType<typeof openClient>;

/** What readers of the copy saw. */
export interface Seen {
  reads: number;
  /** Reads while the copy was not whole, and said so. */
  unwhole: number;
  readonly torn: string[];
}

interface Look {
  readonly whole: boolean;
  readonly commits: number;
  readonly twins: number;
  readonly beds: number;
  readonly orphans: number;
}

/** One look at the copy in one snapshot: what must appear together and does not. */
export async function look(sql: Sql): Promise<Look> {
  const [row] = await sql<Look[]>`
    with recent as materialized (select id, parts from commits order by at desc limit 300)
    select (select not filling and role = 'copy' from sync_state) as whole,
      (select count(*)::int from recent c
        where (select count(*) from parts p where p.commit_id = c.id) <> c.parts
          or (select count(*) from ledger l where l.commit_id = c.id) <> 1
          or (select count(*) from events e where e.commit_id = c.id) <> 1) as commits,
      (select count(*)::int from twins a join twins b on b.id = a.id and b.side = 'right' where a.side = 'left' and a.value <> b.value) as twins,
      (select (count(*) filter (where holder is null) + count(*) - count(distinct holder))::int from beds) as beds,
      (select count(*)::int from (select commit_id from ledger order by id desc limit 300) l
        where not exists (select from commits c where c.id = l.commit_id)) as orphans`;
  if (row === undefined) throw new Error("The copy has no sync state.");
  return row;
}

/** Readers of the copy that look again and again for a state that the hospital never had. */
export function startReaders(sql: Sql, count: number): { readonly seen: Seen; stop(): Promise<void> } {
  const seen: Seen = { reads: 0, unwhole: 0, torn: [] };
  let reading = true;
  const one = async (): Promise<void> => {
    while (reading) {
      try {
        const { whole, ...counts } = await look(sql);
        seen.reads += 1;
        if (!whole) seen.unwhole += 1;
        else if (Object.values(counts).some((n) => n > 0)) seen.torn.push(JSON.stringify(counts));
      } catch {
        // The way to the copy, or the copy itself, is down.
      }
      await Bun.sleep(60);
    }
  };
  const running = Promise.all(Array.from({ length: count }, one));
  return {
    seen,
    async stop() {
      reading = false;
      await running;
    },
  };
}
