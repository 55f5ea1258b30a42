import { expect, test } from "bun:test";
import { ensureRole } from "../../db/databases.ts";
import { grantHospital } from "../../db/grants.ts";
import { IdentifierError, quoteIdent, quoteText } from "../../db/identifiers.ts";
import { migrate } from "../../db/migrate.ts";
import type { Place } from "../../db/planes.ts";
import { Scratch, valuesOf } from "./scratch.ts";

const files = {
  "0000_tables.sql": `
    create table patients (id int primary key, name text);
    create table audit_entries (id int generated always as identity primary key, what text);
    create table sync_log (seq bigint generated always as identity primary key, pk int);
    create sequence record_number;
    create function next_record_number() returns bigint language sql as $$ select nextval('record_number') $$;
    create function sync_capture() returns trigger language plpgsql security definer as $$
      begin execute format('insert into %I.sync_log (pk) values ($1)', TG_TABLE_SCHEMA) using new.id; return new; end $$;
    create trigger sync_capture after insert on patients for each row execute function sync_capture();`,
};

const denied = "42501";

async function codeOf(run: PromiseLike<unknown>): Promise<string> {
  try {
    await run;
    return "allowed";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

async function hospital(
  scratch: Scratch,
  place: Place,
  kind: "primary" | "copy" = "primary",
): Promise<{ place: Place; as: Place; role: string }> {
  const role = scratch.roleName();
  await ensureRole(place, role, "it's a \\ secret");
  await migrate(place, "hospital", { folder: await scratch.folder(files) });
  await grantHospital(place, role, kind);
  return { place, role, as: { ...place, user: role, password: "it's a \\ secret" } };
}

test("a hospital's role works on its tables, adds to the audit, and cannot change the audit, the log or the schema", async () => {
  await using scratch = new Scratch();
  const { as } = await hospital(scratch, await scratch.database());
  const sql = scratch.client(as);
  await sql`insert into patients values (1, 'Zainab')`;
  await sql`update patients set name = 'Zaynab'`;
  await sql`insert into audit_entries (what) values ('patient.registered')`;
  await sql`analyze patients`;
  expect(
    await sql`select next_record_number()::int as number, similarity(name, 'Zainab') > 0.3 as alike from patients`,
  ).toMatchObject([{ number: 1, alike: true }]);
  const refused = [
    sql`update audit_entries set what = 'x'`,
    sql`delete from audit_entries`,
    sql`truncate audit_entries`,
    sql`select * from sync_log`,
    sql`insert into sync_log (pk) values (9)`,
    sql`delete from schema_migration`,
    sql`truncate patients`,
    sql`alter table patients add column x int`,
    sql`drop trigger sync_capture on patients`,
    sql`create table mine (id int)`,
    sql`create table public.mine (id int)`,
    sql`create schema mine`,
    sql`create temporary table mine (id int)`,
    sql`create function extensions.mine() returns int language sql return 1`,
  ];
  for (const statement of refused) expect(await codeOf(statement)).toMatch(/^(42501|3F000)$/);
  await sql`delete from patients`;
});

test("the change log is written for the role, though it may not touch the log itself", async () => {
  await using scratch = new Scratch();
  const { as, place } = await hospital(scratch, await scratch.database());
  await scratch.client(as)`insert into patients values (7, 'Bilal')`;
  expect(await valuesOf(scratch.client(place)`select pk from sync_log`)).toEqual([[7]]);
});

test("a hospital's role cannot connect to another hospital's database", async () => {
  await using scratch = new Scratch();
  const one = await hospital(scratch, await scratch.database());
  const two = await hospital(scratch, await scratch.database());
  expect(await codeOf(scratch.client({ ...one.as, database: two.place.database })`select 1`)).toBe(denied);
});

test("where hospitals share a database, a role cannot see into the other's schema", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database("h_one");
  const one = await hospital(scratch, place);
  await hospital(scratch, { ...place, schema: "h_two" });
  const sql = scratch.client(one.as);
  expect(await codeOf(sql`select * from h_two.patients`)).toBe(denied);
  expect(await codeOf(sql`select h_two.next_record_number()`)).toBe(denied);
  expect(await codeOf(sql`set role postgres`)).toBe(denied);
});

test("on the online copy the role reads and writes nothing", async () => {
  await using scratch = new Scratch();
  const { as } = await hospital(scratch, await scratch.database(), "copy");
  const sql = scratch.client(as);
  expect(await sql`select * from patients`).toHaveLength(0);
  expect(await codeOf(sql`insert into patients values (1, 'x')`)).toBe(denied);
  expect(await codeOf(sql`insert into audit_entries (what) values ('x')`)).toBe(denied);
  expect(await codeOf(sql`select next_record_number()`)).toBe(denied);
  expect(await codeOf(sql`select * from sync_log`)).toBe(denied);
});

test("granting again, also at once, changes nothing; rights given by hand are taken back", async () => {
  await using scratch = new Scratch();
  const { as, place, role } = await hospital(scratch, await scratch.database());
  const owner = scratch.client(place);
  const acl = () =>
    owner`select relname, relacl::text from pg_class where relnamespace = 'hospital'::regnamespace order by 1`;
  const before = [...(await acl())];
  await owner.unsafe(`grant delete on audit_entries to ${quoteIdent(role)}`);
  await Promise.all([1, 2, 3, 4].map(() => grantHospital(place, role, "primary")));
  expect([...(await acl())]).toEqual(before);
  expect(await codeOf(scratch.client(as)`delete from audit_entries`)).toBe(denied);
});

test("a role made five times at once exists once, with the password given last", async () => {
  await using scratch = new Scratch();
  const place = await scratch.database();
  const role = scratch.roleName();
  await Promise.all([1, 2, 3, 4, 5].map(() => ensureRole(place, role, "first")));
  await ensureRole(place, role, "second", { connectionLimit: 3 });
  const sql = scratch.client(place);
  const [stored] =
    await sql`select rolpassword like 'SCRAM-SHA-256$%' as hashed, rolconnlimit, rolinherit, rolcanlogin
    from pg_authid where rolname = ${role}`;
  expect(stored).toEqual({ hashed: true, rolconnlimit: 3, rolinherit: false, rolcanlogin: true });
});

test("a name that is more than letters, digits, underscores and hyphens never reaches SQL", () => {
  for (const name of ["", 'a"b', "a b", "a;drop", "ä", "x".repeat(64), "a\u0000"])
    expect(() => quoteIdent(name)).toThrow(IdentifierError);
  expect(quoteIdent("Ab_9-c")).toBe('"Ab_9-c"');
  expect(quoteText("it's \\ fine")).toBe("E'it''s \\\\ fine'");
});
