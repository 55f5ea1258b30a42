import { extensionsSchema } from "./connect.ts";
import { quoteIdent } from "./identifiers.ts";
import { type Session, withDatabaseLock } from "./migrate-lock.ts";
import type { Place } from "./planes.ts";

/** Tables of the change log that the hospital's own pages read (their lag and state). All other `sync_*`: nothing. */
const readableSyncTables: readonly string[] = [];

interface Rule {
  readonly matches: (table: string) => boolean;
  readonly rights: string;
}

/** What a hospital's role may do on its primary; the first rule that matches counts. */
const primaryRules: readonly Rule[] = [
  { matches: (table) => readableSyncTables.includes(table), rights: "select" },
  // Its triggers write there as their owner (SECURITY DEFINER); the role itself may neither read nor change it.
  { matches: isSync, rights: "" },
  { matches: (table) => table === "schema_migration", rights: "select" },
  // Where the chain ends moves on with each row; its seal shows whether the app moved it.
  { matches: (table) => /^(owner_)?audit_lanes$/.test(table), rights: "select, insert, update" },
  // Anchors of a day are taken anew until the day is over; secrets are sealed anew when the master key changes.
  {
    matches: (table) => table === "audit_anchors" || table === "owner_audit_keys",
    rights: "select, insert, update",
  },
  // The trail of who did what can be added to and read, never changed.
  { matches: (table) => /^(owner_)?audit(_|$)/.test(table), rights: "select, insert" },
  { matches: () => true, rights: "select, insert, update, delete" },
];

/** The online copy is written by nothing but sync. */
const copyRules: readonly Rule[] = [
  { matches: (table) => isSync(table) && !readableSyncTables.includes(table), rights: "" },
  { matches: (table) => table === "node_state", rights: "" },
  { matches: () => true, rights: "select" },
];

/** But for tables that stay on their node: who signs in at the copy's read-only portal, and what they looked at. */
const localOnCopy: Rule = {
  matches: (table) => table !== "node_state",
  rights: "select, insert, update, delete",
};
const trailOnCopy: Rule = { matches: (table) => table === "portal_audit", rights: "select, insert" };

function isSync(name: string): boolean {
  return name.startsWith("sync_");
}

/**
 * Gives a hospital's role its rights on its database and schema (`admin.database`, `admin.schema`), and takes
 * away whatever else it or PUBLIC had there. Run after every migration, since new tables come without rights.
 * The same call again changes nothing. `admin` owns the schema.
 */
export async function grantHospital(admin: Place, role: string, kind: "primary" | "copy"): Promise<void> {
  await grant(admin, role, kind === "primary" ? primaryRules : copyRules, kind === "primary");
}

/** Gives an application role that does not own the control database its rights there; see `grantHospital`. */
export async function grantControl(admin: Place, role: string): Promise<void> {
  await grant(admin, role, primaryRules, true);
}

async function grant(admin: Place, role: string, rules: readonly Rule[], writes: boolean): Promise<void> {
  await withDatabaseLock(admin, "maintenance", async (session) => {
    const local = writes ? [] : await localTables(session, admin.schema);
    const all = [
      trailOnCopy,
      { ...localOnCopy, matches: (table: string) => local.includes(table) && localOnCopy.matches(table) },
      ...rules,
    ];
    const sql = [
      ...clearRights(admin, role),
      ...(await tableRights(session, admin.schema, role, writes ? rules : all, writes)),
      ...(await routineRights(session, admin.schema, role)),
    ];
    // One message is one transaction: nobody sees the rights taken and not yet given back.
    await session.unsafe(sql.join(";\n"));
  });
}

function clearRights(admin: Place, role: string): readonly string[] {
  const database = quoteIdent(admin.database);
  const schema = quoteIdent(admin.schema);
  const to = quoteIdent(role);
  return [
    `revoke all on database ${database} from public`,
    `revoke all on schema public, ${schema} from public`,
    `grant connect on database ${database} to ${to}`,
    `grant usage on schema ${schema}, ${extensionsSchema} to ${to}`,
    `revoke all on all tables in schema ${schema} from public, ${to}`,
    `revoke all on all sequences in schema ${schema} from public, ${to}`,
    `revoke all on all routines in schema ${schema} from public, ${to}`,
  ];
}

async function tableRights(
  session: Session,
  schema: string,
  role: string,
  rules: readonly Rule[],
  writes: boolean,
): Promise<readonly string[]> {
  const relations = await session<{ name: string; sequence: boolean; maintainable: boolean }[]>`
    select relname as name, relkind = 'S' as sequence,
           relkind in ('r', 'p', 'm') and current_setting('server_version_num')::int >= 170000 as maintainable
    from pg_class where relnamespace = ${quoteIdent(schema)}::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
      -- A partition is reached through its table alone, whose triggers see what is written.
      and not relispartition
    order by relname`;
  return relations.flatMap(({ name, sequence, maintainable }) => {
    const on = `${quoteIdent(schema)}.${quoteIdent(name)}`;
    if (sequence)
      return writes && !isSync(name) ? [`grant usage, select on sequence ${on} to ${quoteIdent(role)}`] : [];
    const rights = rules.find((rule) => rule.matches(name))?.rights ?? "";
    if (rights === "") return [];
    // MAINTAIN lets the import ANALYZE what it has just filled.
    const maintain = writes && maintainable ? ", maintain" : "";
    return [`grant ${rights}${maintain} on table ${on} to ${quoteIdent(role)}`];
  });
}

/** Tables that the change log leaves out; none in a schema that has no change log. */
async function localTables(session: Session, schema: string): Promise<readonly string[]> {
  const [row] = await session<{ there: boolean }[]>`
    select to_regprocedure(${`${quoteIdent(schema)}.sync_local_tables()`}) is not null as there`;
  if (row?.there !== true) return [];
  const names = await session<{ name: string }[]>`select unnest(sync_local_tables()) as name`;
  return names.map(({ name }) => name);
}

/** Functions of the schema may be called, but for those of the change log, which triggers alone run. */
async function routineRights(session: Session, schema: string, role: string): Promise<readonly string[]> {
  const routines = await session<{ signature: string; name: string }[]>`
    select p.oid::regprocedure::text as signature, p.proname as name
    from pg_proc p where p.pronamespace = ${quoteIdent(schema)}::regnamespace and p.prokind in ('f', 'p')
    order by 1`;
  return routines
    .filter(({ name }) => !isSync(name))
    .map(({ signature }) => `grant execute on routine ${signature} to ${quoteIdent(role)}`);
}
