import postgres from "postgres";
import { extensionsSchema } from "./connect.ts";
import { quoteIdent } from "./identifiers.ts";
import { folderOf, type MigrationFile, type Plane, readMigrations, statementsOf } from "./migrate-files.ts";
import { type Session, withDatabaseLock } from "./migrate-lock.ts";
import type { Place } from "./planes.ts";

/** Trusted extensions: the owner of a database may create them without being a superuser. */
const extensions = ["pg_trgm", "unaccent", "btree_gist"];

export interface MigrationReport {
  readonly plane: Plane;
  /** Files applied by this run, in order. */
  readonly applied: readonly string[];
  /** Files that had been applied before. */
  readonly already: number;
  /** Files that a newer version applied and that this version does not have. */
  readonly ahead: readonly string[];
  readonly tookMs: number;
}

/** The database and the files do not belong together, or a file failed; nothing of that file remains. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

interface Applied {
  readonly name: string;
  readonly sha256: string;
}

/**
 * Brings one plane's schema (`admin.schema`) up to date: makes the schema and the extensions, then applies
 * in order of name every file that is not recorded in `schema_migration` yet. Safe to call from many
 * processes at once and after a kill at any point. `admin` must own the schema, or be able to create it, and
 * connect directly. See docs/decisions/020-migrations.md.
 * @throws MigrationError naming the file: changed since it was applied, missing, older than one applied, or failed.
 */
export async function migrate(
  admin: Place,
  plane: Plane,
  options: { readonly folder?: string } = {},
): Promise<MigrationReport> {
  const started = performance.now();
  const files = await readMigrations(options.folder ?? folderOf(plane));
  return withDatabaseLock(admin, "maintenance", async (session) => {
    await prepare(session, admin.schema);
    const applied = await session<
      Applied[]
    >`select name, sha256 from schema_migration order by name collate "C"`;
    const { pending, ahead } = plan(files, applied);
    // In a database that is only being made nobody writes yet: once at the end will do.
    const capture = plane === "hospital" ? () => captureChanges(session) : async () => {};
    const after = applied.length > 0 ? capture : async () => {};
    for (const file of pending) await apply(session, file, after);
    await capture();
    return {
      plane,
      applied: pending.map((file) => file.name),
      already: applied.length - ahead.length,
      ahead,
      tookMs: Math.round(performance.now() - started),
    };
  });
}

async function prepare(session: Session, schema: string): Promise<void> {
  const present = await session<{ kind: string; name: string; place: string }[]>`
    select 'schema' as kind, nspname as name, '' as place from pg_namespace
    union all
    select 'extension', e.extname, n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    union all
    select 'record', c.relname, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relname = 'schema_migration' and n.nspname = ${schema}`;
  const has = (kind: string, name: string) => present.some((row) => row.kind === kind && row.name === name);
  const missing: string[] = [];
  for (const name of [extensionsSchema, schema])
    if (!has("schema", name)) missing.push(`create schema ${quoteIdent(name)}`);
  for (const name of extensions) {
    const found = present.find((row) => row.kind === "extension" && row.name === name);
    if (found === undefined) missing.push(`create extension ${quoteIdent(name)} schema ${extensionsSchema}`);
    else if (found.place !== extensionsSchema)
      throw new MigrationError(
        `Extension ${name} lies in schema ${found.place}; move it: ALTER EXTENSION ${name} SET SCHEMA ${extensionsSchema}.`,
      );
  }
  if (!has("record", "schema_migration"))
    missing.push(`create table ${quoteIdent(schema)}.schema_migration (
      name text primary key,
      sha256 text not null,
      applied_at timestamptz not null default clock_timestamp(),
      took_ms integer not null)`);
  // One simple query is one transaction: all of it is there, or none.
  if (missing.length > 0) await session.unsafe(missing.join(";\n"));
}

/** What is still to do. Refuses whatever cannot be put right by going forward. */
function plan(
  files: readonly MigrationFile[],
  applied: readonly Applied[],
): { readonly pending: readonly MigrationFile[]; readonly ahead: readonly string[] } {
  const shaOf = new Map(applied.map((row) => [row.name, row.sha256]));
  const known = new Set(files.map((file) => file.name));
  const newest = files.findLast((file) => shaOf.has(file.name))?.name ?? "";
  const pending: MigrationFile[] = [];
  for (const file of files) {
    const sha = shaOf.get(file.name);
    if (sha === undefined && file.name < newest)
      throw new MigrationError(
        `${file.name} was never applied here, but the later ${newest} was. Give it a number after ${newest}.`,
      );
    if (sha === undefined) pending.push(file);
    else if (sha !== file.sha256)
      throw new MigrationError(
        `${file.name} has changed since it was applied. Put it back as it was and write the change as a new file.`,
      );
  }
  const unknown = applied.filter((row) => !known.has(row.name)).map((row) => row.name);
  const last = files.at(-1)?.name ?? "";
  const lost = unknown.find((name) => name < last);
  if (lost !== undefined)
    throw new MigrationError(`${lost} was applied here, but this version does not have it.`);
  return { pending, ahead: unknown };
}

async function apply(session: Session, file: MigrationFile, after: () => Promise<void>): Promise<void> {
  const started = performance.now();
  try {
    if (file.inTransaction) {
      await session.unsafe("begin");
      // Between a change of a table and the capture that fits it, what is written is captured with its columns' names.
      await session.unsafe("set local wardline.sync_careful = 'on'");
      await session.unsafe(file.text);
      await after();
    } else {
      // Several statements in one message are one transaction to Postgres: these go one by one.
      for (const statement of statementsOf(file)) {
        await session.unsafe(statement);
        await after();
      }
    }
    const tookMs = Math.round(performance.now() - started);
    await session`insert into schema_migration (name, sha256, took_ms) values (${file.name}, ${file.sha256}, ${tookMs})`;
    if (file.inTransaction) await session.unsafe("commit");
  } catch (error) {
    // The session ends with the run, and with it the open transaction.
    throw new MigrationError(`${file.name}${lineOf(file, error)} failed: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * A table syncs by being there: every file ends with the change log's triggers on all tables, in its own transaction
 * (`sync_install_capture`, which does nothing where nothing changed), and so does every run, for a file that has none.
 */
async function captureChanges(session: Session): Promise<void> {
  const [row] = await session<{ present: boolean }[]>`
    select to_regprocedure('sync_install_capture()') is not null as present`;
  if (row?.present === true) await session`select sync_install_capture()`;
}

function lineOf(file: MigrationFile, error: unknown): string {
  if (!file.inTransaction || !(error instanceof postgres.PostgresError) || !error.position) return "";
  return `, line ${file.text.slice(0, Number(error.position)).split("\n").length},`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
