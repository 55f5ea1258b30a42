import { type SQL, sql } from "drizzle-orm";
import type { ControlDb } from "../../db/planes.ts";
import { auditOwner } from "../audit/audit.ts";
import { authorize } from "../auth/permissions.ts";
import { sealedUnder } from "../crypto.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";

/** One master key, by its name, and how many secrets of the control database are sealed with it. */
export interface KeyUse {
  readonly keyId: string;
  /** `current` seals; `former` still opens; `missing`: secrets name it, and it is not on the ring. */
  readonly state: "current" | "former" | "missing";
  readonly secrets: number;
}

export interface Rotation {
  readonly resealed: number;
  /** Sealed with a key that is not on the ring: left as they were. */
  readonly unreadable: number;
}

/** Where a secret lies: a column of its own, or a place within a JSON column. */
interface SealedPlace {
  readonly table: string;
  readonly column: string;
  readonly path: readonly string[] | null;
}

const firstAdminPassword: SealedPlace = {
  table: "provisioning_runs",
  column: "input",
  path: ["firstAdmin", "sealedPassword"],
};

async function rowsOf<Row>(db: ControlDb, statement: SQL): Promise<readonly Row[]> {
  return (await db.execute(statement)) as readonly Row[];
}

/** Every column of the control plane named `sealed_…` holds sealed secrets and nothing else. */
async function sealedPlaces(db: ControlDb): Promise<readonly SealedPlace[]> {
  const rows = await rowsOf<{ table_name: string; column_name: string }>(
    db,
    sql`select c.relname as table_name, a.attname as column_name
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and not a.attisdropped
          and a.attname like 'sealed\_%' order by 1, 2`,
  );
  const columns = rows.map((row) => ({ table: row.table_name, column: row.column_name, path: null }));
  return [...columns, firstAdminPassword];
}

function valueAt({ column, path }: SealedPlace) {
  const name = sql.identifier(column);
  return path === null ? sql`${name}` : sql`${name} #>> ${`{${path.join(",")}}`}::text[]`;
}

const atOnce = 200;

/** The secrets of one place after `after`, in the order of their text, those of the current key left out. */
async function othersAt(db: ControlDb, place: SealedPlace, currentId: string, after: string) {
  const value = valueAt(place);
  const rows = await rowsOf<{ sealed: string }>(
    db,
    sql`select distinct (${value}) collate "C" as sealed from ${sql.identifier(place.table)}
        where ${value} like 'v1.%' and ${value} not like ${`v1.${currentId}.%`} and (${value}) collate "C" > ${after}
        order by 1 limit ${atOnce}`,
  );
  return rows.map((row) => row.sealed);
}

async function replace(db: ControlDb, place: SealedPlace, was: string, is: string): Promise<void> {
  const name = sql.identifier(place.column);
  const next =
    place.path === null
      ? sql`${is}`
      : sql`jsonb_set(${name}, ${`{${place.path.join(",")}}`}::text[], to_jsonb(${is}::text))`;
  // Only while it is still the same secret: one that was changed meanwhile is sealed with the newest key anyway.
  await db.execute(
    sql`update ${sql.identifier(place.table)} set ${name} = ${next} where ${valueAt(place)} = ${was}`,
  );
}

/**
 * Seals every secret of the control database anew with the newest master key: credentials of databases, the
 * hospitals' data keys, and what else lies there. Cut off and called again, it goes on; again, it finds nothing to do.
 */
export async function rotateKeys(services: Services, owner: OwnerContext): Promise<Rotation> {
  authorize(owner.actor, "operators:edit");
  const { keyring } = services;
  const { db } = owner;
  let resealed = 0;
  let unreadable = 0;
  for (const place of await sealedPlaces(db)) {
    let after = "";
    for (;;) {
      const found = await othersAt(db, place, keyring.current.id, after);
      for (const sealed of found) {
        if (keyring.find(sealedUnder(sealed)) === undefined) unreadable += 1;
        else {
          await replace(db, place, sealed, keyring.seal(keyring.unseal(sealed)));
          resealed += 1;
        }
      }
      const last = found.at(-1);
      if (last === undefined || found.length < atOnce) break;
      after = last;
    }
  }
  if (resealed > 0)
    await owner.write((tx) =>
      auditOwner(tx, owner, {
        event: "keys.rotated",
        entity: "master-key",
        entityId: null,
        details: { keyId: keyring.current.id, resealed, unreadable },
      }),
    );
  return { resealed, unreadable };
}

/** The keys of the ring, and those that secrets still name. */
export async function listKeys(services: Services, owner: OwnerContext): Promise<readonly KeyUse[]> {
  authorize(owner.actor, "operators:edit");
  const counts = new Map<string, number>(services.keyring.keys.map((key) => [key.id, 0]));
  for (const place of await sealedPlaces(owner.db)) {
    const value = valueAt(place);
    const rows = await rowsOf<{ key_id: string; secrets: number }>(
      owner.db,
      sql`select split_part(${value}, '.', 2) as key_id, count(*)::int as secrets
          from ${sql.identifier(place.table)} where ${value} like 'v1.%' group by 1`,
    );
    for (const row of rows) counts.set(row.key_id, (counts.get(row.key_id) ?? 0) + row.secrets);
  }
  const { current } = services.keyring;
  return [...counts].map(([keyId, secrets]) => ({
    keyId,
    state:
      keyId === current.id ? "current" : services.keyring.find(keyId) === undefined ? "missing" : "former",
    secrets,
  }));
}
