import { afterAll, expect, test } from "bun:test";
import { databaseExists, dropDatabase } from "../../db/databases.ts";
import { migrate } from "../../db/migrate.ts";
import { withDatabaseLock } from "../../db/migrate-lock.ts";
import { createHospitalDatabase, ensureHospitalTemplate } from "../../db/templates.ts";
import { admin, Scratch } from "./scratch.ts";

const files = new Scratch();
const folder = await files.folder({
  "0000_tables.sql": "create table patients (id uuid primary key);",
  "0001_name.concurrent.sql": "create index concurrently patients_id on patients (id);",
});

afterAll(async () => {
  await dropDatabase(admin, await ensureHospitalTemplate(admin, { folder }));
  await files[Symbol.asyncDispose]();
});

test("six callers at once make one template, whole and closed to connections", async () => {
  for (let attempt = 1; ; attempt += 1) {
    await dropDatabase(admin, await ensureHospitalTemplate(admin, { folder }));
    const names = await Promise.all(
      Array.from({ length: 6 }, () => ensureHospitalTemplate(admin, { folder })),
    );
    const [name = ""] = names;
    expect(new Set(names).size).toBe(1);
    // Whoever else makes hospitals on these servers drops it for the template of their own set: not while we look.
    const there = await withDatabaseLock(
      admin,
      "hospital-template",
      (session) => session`
        select datname, datallowconn, datistemplate from pg_database where starts_with(datname, ${name})`,
    );
    if (there.length === 0 && attempt < 5) continue;
    expect(there).toMatchObject([{ datname: name, datallowconn: false, datistemplate: true }]);
    return;
  }
});

test("a template left half built by a kill is thrown away and built again; one of an older set is dropped", async () => {
  await using scratch = new Scratch();
  const name = await ensureHospitalTemplate(admin, { folder });
  await dropDatabase(admin, name);
  const sql = scratch.client(admin);
  await sql.unsafe(`create database "${name}_new"`);
  await sql.unsafe(
    `create database "wardline_template_0123456789abcdef" is_template true allow_connections false`,
  );
  expect(await ensureHospitalTemplate(admin, { folder })).toBe(name);
  expect(await databaseExists(admin, `${name}_new`)).toBe(false);
  expect(await databaseExists(admin, "wardline_template_0123456789abcdef")).toBe(false);
});

test("a hospital's database comes migrated, once however many ask, and PUBLIC may not connect", async () => {
  await using scratch = new Scratch();
  const name = scratch.databaseName();
  const made = await Promise.all(
    Array.from({ length: 5 }, () => createHospitalDatabase(admin, name, { folder })),
  );
  expect(made.filter(Boolean)).toHaveLength(1);
  const place = { ...admin, database: name };
  expect((await migrate(place, "hospital", { folder })).applied).toEqual([]);
  const sql = scratch.client(place);
  expect(
    await sql`select has_database_privilege('public', ${name}, 'connect') as open,
    to_regclass('hospital.patients') is not null as migrated`,
  ).toMatchObject([{ open: false, migrated: true }]);
});

test("eight hospitals' databases are made side by side from one template", async () => {
  await using scratch = new Scratch();
  const names = Array.from({ length: 8 }, () => scratch.databaseName());
  expect(
    await Promise.all(names.map((name) => createHospitalDatabase(admin, name, { folder }))),
  ).not.toContain(false);
});
