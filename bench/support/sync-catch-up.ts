import type { Place } from "../../db/planes.ts";
import { pushSync } from "../../server/sync/push.ts";
import { changesOfVisit, writeLane } from "./offline-writes.ts";
import { open, type Sql, timed } from "./sync-visits.ts";

/** A hospital's primary and its copy, and a third database, with the same tables, that Postgres itself keeps equal. */
export interface CatchUpPlaces {
  readonly primary: Place;
  readonly copy: Place;
  readonly native: Place;
}

const published = ["patients", "encounters", "observations"] as const;

/** Visits as a hospital writes them, but each row in a transaction of its own, by eight clients. */
async function writeOneByOne(primary: Sql, visits: number): Promise<void> {
  const clients = 8;
  await Promise.all(
    Array.from({ length: clients }, async (_, lane) => {
      const session = await primary.reserve();
      await session`set synchronous_commit = off`;
      await writeLane(
        lane,
        clients,
        visits,
        () => new Date(),
        async (statements) => {
          for (const statement of statements) await session.unsafe(statement);
        },
      );
      session.release();
    }),
  );
}

/** As `wal_level = logical` allows: a subscription over the tables that the visits write. It waits, switched off. */
async function subscribe(
  primary: Sql,
  native: Sql,
  { host, port, user, password, database }: Place,
): Promise<void> {
  await primary.unsafe(`create publication native for table ${published.join(", ")}`);
  await native.unsafe(
    `create subscription native connection 'host=${host} port=${port} user=${user} password=${password} dbname=${database}' publication native with (copy_data = false)`,
  );
  await native`alter subscription native disable`;
}

/**
 * Changes a second at which a backlog of one-row transactions arrives, as after a night without the copy (ticks were
 * cut all along, as they are while nobody answers): by Postgres's own logical replication, and by ours, of the same
 * transactions, between the same two servers.
 */
export async function catchUp(
  places: CatchUpPlaces,
  visits: number,
): Promise<{ readonly native: number; readonly ours: number }> {
  const primary = open(places.primary, 10);
  const native = open(places.native, 1);
  const push = async (): Promise<number> => {
    const report = await pushSync({ primary: places.primary, copy: places.copy }, { budgetMs: 600_000 });
    if (report.outcome !== "synced") throw new Error(`The push ended ${report.outcome}.`);
    return report.rows;
  };
  const changes = visits * changesOfVisit;
  try {
    await push();
    await subscribe(primary, native, places.primary);
    let writing = true;
    const ticks = (async () => {
      while (writing) {
        await primary`select sync_cut_tick('0')`;
        await Bun.sleep(1_000);
      }
    })();
    await writeOneByOne(primary, visits);
    writing = false;
    await ticks;
    // It applies in the order of commits: when the last one is there, all are.
    const last = Bun.randomUUIDv7();
    await primary`insert into patients (id, mrn, first_name, last_name, sex) values (${last}, 'LAST', 'Last', 'One', 'female')`;
    const nativeTook = await timed(async () => {
      await native`alter subscription native enable`;
      while ((await native`select from patients where id = ${last}`).length === 0) await Bun.sleep(20);
    });
    await native`drop subscription native`;
    let caught = 0;
    const ourTook = await timed(async () => {
      caught = await push();
    });
    if (caught !== changes + 1) throw new Error(`${caught} changes arrived of ${changes + 1}.`);
    return { native: changes / nativeTook, ours: changes / ourTook };
  } finally {
    await Promise.all([primary.end({ timeout: 1 }), native.end({ timeout: 1 })]);
  }
}
