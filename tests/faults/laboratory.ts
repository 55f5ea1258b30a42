import { pushSync } from "../../server/sync/push.ts";
import { type Pusher, startPusher } from "./child.ts";
import { breakLink } from "./link-faults.ts";
import { breakMachine, type Experiment } from "./machine-faults.ts";
import { beginNaively, type Watermark } from "./naive.ts";
import { type Ground, prepareGround } from "./place.ts";
import { type FaultKind, type LinkFault, type PlannedFault, planOf } from "./plan.ts";
import { look, type Seen, startReaders } from "./readers.ts";
import { type Ledger, newLedger, startWriters } from "./writers.ts";

export interface LabOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly negative: Watermark | null;
  readonly writers: number;
  readonly say: (line: string) => void;
}

export interface Verdict {
  readonly faults: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly torn: number;
  readonly equal: boolean;
  readonly uncaught: readonly string[];
  /** What had to happen and did not. */
  readonly wrong: readonly string[];
  readonly mostMb: number;
  readonly ownMb: number;
  readonly well: boolean;
}

/** The pushing process must stay below this, whatever happens to it. */
const boundMb = 256;

/** Runs the experiment: writers, pushers and readers, and everything that can go wrong, for so many minutes. */
export async function runLaboratory(options: LabOptions): Promise<Verdict> {
  const { say } = options;
  const own: string[] = [];
  const wrong: string[] = [];
  const catchAll = (error: unknown): void => void own.push(`In the laboratory: ${String(error)}`);
  process.on("uncaughtException", catchAll);
  process.on("unhandledRejection", catchAll);
  const ground = await prepareGround(options.writers);
  try {
    // Both sides are equal to begin with.
    const first = await pushSync(ground.direct);
    if (first.outcome !== "synced") throw new Error(`The first push ended ${first.outcome}.`);
    if (options.negative !== null) await beginNaively(ground.direct);
    const ledger = newLedger();
    const pusher = startPusher({
      primary: ground.through("pusher-primary"),
      copy: ground.through("pusher-copy"),
      naive: options.negative,
      options: { stallMs: 3_000, heartbeatMs: 1_000, batchRows: 5_000, logTurnBytes: 512 * 1024 },
    });
    const writers = startWriters(ground.writing, ledger, options.writers, options.seed);
    const readers = startReaders(ground.reading, 2);
    const byKind = await breakThings(options, { ground, pusher, writers, ledger }, readers.seen, wrong);
    say("The faults are over; what is still on its way may arrive.");
    for (const proxy of Object.values(ground.proxies)) proxy.heal();
    await writers.stop();
    await arriveAll(options, ground, pusher, wrong);
    await readers.stop();
    await pusher.stop();
    const counts = await judge(ground, ledger, readers.seen);
    const equal = await compareSides(ground, say);
    const { mostMb, thrown, uncaught: died, outcomes, rows } = pusher.told;
    const [repaired] = await ground.primary`select count(*)::int as n from sync_repair`;
    const uncaught = [...own, ...died, ...thrown.map((why) => `Thrown by a push: ${why}`)];
    const faults = Object.values(byKind).reduce((sum, n) => sum + n, 0);
    say(`pushes       ${[...outcomes].map(([outcome, n]) => `${outcome} ${n}`).join(", ")}`);
    say(`rows pushed  ${rows}, rows repaired ${repaired?.["n"]}`);
    say(
      `reads        ${readers.seen.reads}, of them while the copy was being filled ${readers.seen.unwhole}`,
    );
    for (const why of options.negative === null ? [] : pusher.told.failed.slice(-3))
      say(`failed       ${why}`);
    for (const torn of readers.seen.torn.slice(0, 5)) say(`torn         ${torn}`);
    const well =
      counts.lost + counts.doubled + counts.torn === 0 &&
      equal &&
      uncaught.length === 0 &&
      wrong.length === 0 &&
      mostMb < boundMb;
    return {
      ...{ faults, byKind, acknowledged: ledger.acknowledged, ...counts, equal, uncaught, wrong },
      ...{ mostMb, ownMb: Math.round(process.memoryUsage.rss() / 1048576), well },
    };
  } finally {
    await ground.close();
    process.off("uncaughtException", catchAll);
    process.off("unhandledRejection", catchAll);
  }
}

async function breakThings(
  options: LabOptions,
  parts: Pick<Experiment, "ground" | "pusher" | "writers" | "ledger">,
  seen: Seen,
  wrong: string[],
): Promise<Record<string, number>> {
  const until = performance.now() + options.minutes * 60_000;
  const plan = planOf(options.seed, options.negative !== null);
  const byKind: Record<string, number> = {};
  const count = (kind: FaultKind): void => {
    byKind[kind] = (byKind[kind] ?? 0) + 1;
  };
  let peaceful = false;
  let link: Promise<void> = Promise.resolve();
  const experiment: Experiment = {
    ...parts,
    bigRows: options.minutes >= 5 ? 1_000_000 : 30_000,
    wrong: (what) => void wrong.push(what),
    async inPeace(work) {
      peaceful = true;
      try {
        await link;
        return await work();
      } finally {
        peaceful = false;
      }
    },
  };
  const links = async (): Promise<void> => {
    while (performance.now() < until) {
      const next = plan.nextLink();
      const fault = peaceful ? sparingThePusher(next) : next;
      link = breakLink(parts.ground, fault);
      await link;
      count(fault.kind);
      await Bun.sleep(fault.pauseMs);
    }
  };
  const { told } = parts.pusher;
  const machines = async (): Promise<void> => {
    while (performance.now() < until) {
      const fault = plan.nextMachine();
      const started = performance.now();
      const before = new Map(told.outcomes);
      await breakMachine(experiment, fault);
      count(fault.kind);
      const tookMs = performance.now() - started;
      if (tookMs > 10_000)
        options.say(`${fault.kind} took ${Math.round(tookMs / 1000)} s: ${since(before, told.outcomes)}`);
      await Bun.sleep(fault.pauseMs);
    }
  };
  const telling = setInterval(() => {
    const faults = Object.values(byKind).reduce((sum, n) => sum + n, 0);
    const left = Math.max(0, Math.round((until - performance.now()) / 1000));
    options.say(
      `${left} s left: faults ${faults}, acknowledged ${parts.ledger.acknowledged}, reads ${seen.reads}, torn ${seen.torn.length}, pushing process ${parts.pusher.told.mostMb} MB at most`,
    );
  }, 15_000);
  try {
    await Promise.all([links(), machines()]);
  } finally {
    clearInterval(telling);
  }
  return byKind;
}

/** How the pushes of a while ended. */
function since(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): string {
  return [...now]
    .map(([outcome, n]) => [outcome, n - (before.get(outcome) ?? 0)] as const)
    .filter(([, n]) => n > 0)
    .map(([outcome, n]) => `${outcome} ${n}`)
    .join(", ");
}

/** What is long and cannot be resumed is left to end: the same fault falls on writers or readers instead. */
function sparingThePusher(fault: PlannedFault<LinkFault>): PlannedFault<LinkFault> {
  const link = fault.link.endsWith("primary") ? "writers-primary" : "readers-copy";
  return { ...fault, link, kind: fault.kind === "terminated-backends" ? "cut" : fault.kind };
}

/** Waits until the pushing process says that nothing is left. */
async function arriveAll(
  options: LabOptions,
  ground: Ground,
  pusher: Pusher,
  wrong: string[],
): Promise<void> {
  if (options.negative !== null) {
    const deadline = Date.now() + 60_000;
    for (let quiet = 0; quiet < 3 && Date.now() < deadline; )
      quiet = (await pusher.next((word) => word.outcome === "synced", 20_000))?.rows === 0 ? quiet + 1 : 0;
    return;
  }
  // One that began before the last commit does not count.
  await pusher.next(() => true, 60_000);
  const last = await pusher.next((word) => word.outcome === "synced" && word.lagRows === 0, 300_000);
  if (last === null) wrong.push("Not everything arrived after the faults were over.");
  const gaps = await ground.primary`
    select from (select id - lag(id) over (order by id) as step from sync_tick) t where step <> 1`;
  if (gaps.length > 0) wrong.push("The ticks have a gap.");
}

/** What is on the copy against what was acknowledged. */
async function judge(
  ground: Ground,
  ledger: Ledger,
  seen: Seen,
): Promise<{ readonly lost: number; readonly doubled: number; readonly torn: number }> {
  interface Row {
    readonly id: string;
    readonly parts: number;
    readonly told: number;
    readonly entries: number;
    readonly events: number;
  }
  const rowsOf = async (sql: Ground["copy"]): Promise<Map<string, Row>> => {
    const rows = await sql<Row[]>`
      select c.id, c.parts as told, coalesce(p.n, 0)::int as parts, coalesce(l.n, 0)::int as entries, coalesce(e.n, 0)::int as events
      from commits c
      left join (select commit_id, count(*) as n from parts group by 1) p on p.commit_id = c.id
      left join (select commit_id, count(*) as n from ledger group by 1) l on l.commit_id = c.id
      left join (select commit_id, count(*) as n from events group by 1) e on e.commit_id = c.id`;
    return new Map(rows.map((row) => [row.id, row]));
  };
  const [here, there] = await Promise.all([rowsOf(ground.primary), rowsOf(ground.copy)]);
  let lost = 0;
  let doubled = 0;
  for (const [id, parts] of ledger.held) {
    const row = there.get(id);
    if (row === undefined || !here.has(id)) lost += 1;
    else if (row.parts < parts || row.entries < 1 || row.events < 1) lost += 1;
    else if (row.parts > parts || row.entries > 1 || row.events > 1) doubled += 1;
  }
  // A row that the hospital does not have, or took away: as wrong as one that is there twice.
  for (const id of there.keys()) if (!here.has(id) || ledger.removed.has(id)) doubled += 1;
  const { whole: _, ...last } = await look(ground.copy);
  return { lost, doubled, torn: seen.torn.length + (Object.values(last).some((n) => n > 0) ? 1 : 0) };
}

/** Checksums of every table on both sides, now that nobody writes. */
async function compareSides(ground: Ground, say: (line: string) => void): Promise<boolean> {
  const sums = async (sql: Ground["copy"]): Promise<Map<string, string>> => {
    const rows = await sql<{ name: string; sum: string }[]>`
      select table_name as name, n || ' rows ' || sum as sum from sync_checksums(null)`;
    return new Map(rows.map(({ name, sum }) => [name, sum]));
  };
  const [ours, theirs] = await Promise.all([sums(ground.primary), sums(ground.copy)]);
  let equal = ours.size === theirs.size;
  for (const [table, sum] of ours) {
    const same = theirs.get(table) === sum;
    equal &&= same;
    say(
      `checksum     ${table}: ${sum}${same ? "" : `, on the copy ${theirs.get(table) ?? "no such table"}`}`,
    );
    if (!same && theirs.has(table))
      for (const row of await differing(ground, table)) say(`differs      ${row}`);
  }
  return equal;
}

/** A few rows that one side alone has as they are: there is nobody's record in the laboratory. */
async function differing(ground: Ground, table: string): Promise<string[]> {
  const rowsOf = async (sql: Ground["copy"]): Promise<Set<string>> => {
    const rows = await sql<{ row: string }[]>`select to_jsonb(t)::text as row from ${sql(table)} t`;
    return new Set(rows.map(({ row }) => row));
  };
  const [here, there] = await Promise.all([rowsOf(ground.primary), rowsOf(ground.copy)]);
  const few = (of: ReadonlySet<string>, but: ReadonlySet<string>, side: string) =>
    [...of.difference(but)]
      .sort()
      .slice(0, 4)
      .map((row) => `${table}, on the ${side} alone: ${row}`);
  return [...few(here, there, "primary"), ...few(there, here, "copy")];
}
