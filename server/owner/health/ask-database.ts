import { extensionsSchema, openClient } from "../../../db/connect.ts";
import { quoteIdent } from "../../../db/identifiers.ts";
import type { Session } from "../../../db/migrate-lock.ts";
import { isConnectionFailure } from "../../../db/outages.ts";
import type { Place } from "../../../db/planes.ts";
import { hospitalSchema } from "../../../db/templates.ts";
import { type HospitalProbe, type SideProbe, unknownSide, unreachable } from "./probe.ts";

/** What one database told of one hospital in it, before it is known whose side it is. */
export interface Told {
  readonly probe: SideProbe;
  readonly usage: HospitalProbe["usage"];
}

/** `server`: nothing answers there, so nobody needs to ask its other databases. */
export type Answer =
  | { readonly lost: "server" | "database" }
  | { readonly lost: null; readonly bySchema: ReadonlyMap<string, Told> };

const connectSeconds = 3;
const statementMs = 4_000;
/** Whatever a link does, one database takes no longer than this; more where many hospitals share it. */
const patienceMs = (schemas: number) => 8_000 + schemas * 100;

/**
 * Asks one database, on one short connection of its own (a full pool of the app must not hide a well database),
 * about every hospital in it: one statement a hospital. Never throws for a database that is away, slow or black.
 */
// open: code of the health job, which has authorized
export async function askDatabase(place: Place, schemas: readonly string[]): Promise<Answer> {
  const started = performance.now();
  const client = openClient(place, {
    ...{
      max: 1,
      fetch_types: false,
      connect_timeout: connectSeconds,
      response_timeout: statementMs / 1000 + 1,
    },
    connection: {
      ...{ application_name: "wardline-health", statement_timeout: statementMs, lock_timeout: 1_000 },
      idle_session_timeout: 15_000,
    },
  });
  let open = false;
  const ask = async (): Promise<Answer> => {
    const session = await client.reserve();
    open = true;
    const connectMs = performance.now() - started;
    const asked = performance.now();
    await session.unsafe("select 1");
    const latencyMs = performance.now() - asked;
    const bySchema = new Map<string, Told>();
    for (const schema of schemas)
      bySchema.set(schema, await askSchema(session, schema, { connectMs, latencyMs }));
    return { lost: null, bySchema };
  };
  const late = Promise.withResolvers<Answer>();
  const timer = setTimeout(
    () => late.resolve({ lost: open ? "database" : "server" }),
    patienceMs(schemas.length),
  );
  try {
    return await Promise.race([ask(), late.promise]);
  } catch (error) {
    if (!open) return { lost: isServerGone(error) ? "server" : "database" };
    if (isConnectionFailure(error)) return { lost: "database" };
    throw error;
  } finally {
    clearTimeout(timer);
    void client.end({ timeout: 0 });
  }
}

/** The whole server is away, rather than this one database refused. */
function isServerGone(error: unknown): boolean {
  const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : null;
  return typeof code !== "string" || !/^[0-9A-Z]{5}$/.test(code);
}

type Facts = Pick<SideProbe, "sizeBytes" | "serverVersion" | "connections" | "connectionLimit">;
interface OwnFacts {
  readonly schemaVersion: string | null;
  readonly parked: string | null;
  readonly lastVerifiedAt: Date | null;
  readonly verifiedEqual: boolean | null;
  readonly lastTickAt: Date | null;
  readonly lagRows: number | null;
  readonly now: Date;
  readonly patients: number | null;
  readonly users: number | null;
}

/** A hospital in a database of its own: that is its size, told without opening each of its tables. */
const ownSize = "pg_database_size(current_database())";
const schemaSize = `(select coalesce(sum(pg_total_relation_size(oid)), 0) from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'm'))`;

const factsOf = (size: string) => `
  ${size}::float8 as "sizeBytes",
  current_setting('server_version') as "serverVersion",
  (select count(*) from pg_stat_activity)::int as connections,
  current_setting('max_connections')::int as "connectionLimit"`;

const ownFacts = `
  (select name from schema_migration order by name collate "C" desc limit 1) as "schemaVersion",
  s.parked_reason as parked, s.verified_at as "lastVerifiedAt", s.verified_equal as "verifiedEqual",
  s.last_tick_at as "lastTickAt", case when s.role <> 'copy' then sync_waiting() end::float8 as "lagRows",
  (select used from limits where resource = 'patients') as patients,
  (select used from limits where resource = 'users') as users,
  clock_timestamp() as now`;

/** Postgres says: no such schema, table, column or function. */
const absent = new Set(["3F000", "42P01", "42703", "42883"]);

async function askSchema(
  session: Session,
  schema: string,
  times: { readonly connectMs: number; readonly latencyMs: number },
): Promise<Told> {
  // The connection is this look's alone, and ends with it.
  await session.unsafe(`set search_path to ${quoteIdent(schema)}, ${extensionsSchema}`);
  const known = { ...unknownSide, ...times, reachable: true };
  const facts = factsOf(schema === hospitalSchema ? ownSize : schemaSize);
  try {
    const [row] = await session.unsafe<(Facts & OwnFacts)[]>(
      `select ${facts}, ${ownFacts} from sync_state s`,
    );
    if (row === undefined) return { probe: known, usage: null };
    const { patients, users, now, ...told } = row;
    const lagMs = told.lastTickAt === null ? null : now.getTime() - told.lastTickAt.getTime();
    const lagSeconds = lagMs === null ? null : Math.max(0, lagMs / 1000);
    return { probe: { ...known, ...told, lagSeconds }, usage: { patients, users } };
  } catch (error) {
    const code: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "code") : null;
    // Too long, or locked out: this hospital's part of the database does not answer.
    if (code === "57014" || code === "55P03")
      return { probe: unreachable("The database took too long to answer."), usage: null };
    if (typeof code !== "string" || !absent.has(code)) throw error;
    const [row] = await session.unsafe<Facts[]>(`select ${factsOf("0")}`);
    return { probe: { ...known, ...row }, usage: null };
  }
}
