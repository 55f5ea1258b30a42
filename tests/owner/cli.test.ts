import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type OwnerPlane, startOwnerPlane } from "../bridge/owner-plane.ts";
import { runCommand } from "../support/command.ts";

// Each command is a process of its own, and some make databases.
setDefaultTimeout(60_000);

let plane: OwnerPlane;
let subdomain: string;

beforeAll(async () => {
  plane = await startOwnerPlane();
  subdomain = plane.name("cli");
});
afterAll(async () => {
  await plane.close();
});

const wardline = (args: readonly string[], input = "") => runCommand(plane, args, input);

const register = (more: readonly string[] = []) =>
  wardline([
    ...["tenants:register", "--company", "Cli Hospital", "--subdomain", subdomain, "--region", "pk-lahore"],
    ...["--plan", "basic", "--admin-email", "admin@cli.example", "--json", ...more],
  ]);

test("without a command, and with --help, it tells what there is: codes 2 and 0", async () => {
  expect((await wardline([])).code).toBe(2);
  const help = await wardline(["--help"]);
  expect(help.code).toBe(0);
  for (const name of [
    "tenants:register",
    "tenants:migrate",
    "owner:create",
    "verify",
    "system:health",
    "import fhir",
  ])
    expect(help.out).toContain(name);
  const one = await wardline(["tenants:register", "--help"]);
  expect([one.code, one.out.includes("--admin-email")]).toEqual([0, true]);
});

test("what is not understood ends with code 2 and says how it is used", async () => {
  expect(await wardline(["tenants:nothing"])).toMatchObject({ code: 2 });
  const missing = await wardline(["tenants:show"]);
  expect(missing.code).toBe(2);
  expect(missing.err).toContain("--hospital is missing");
  expect((await wardline(["tenants:list", "--colour", "red"])).code).toBe(2);
});

test("a hospital is registered, listed, suspended, activated, migrated, verified and found well", async () => {
  const made = await register();
  expect(made.code).toBe(0);
  const row = JSON.parse(made.out) as { status: string; firstAdmin: { password: string } };
  expect(row.status).toBe("active");
  expect(row.firstAdmin.password).toMatch(/^\S{4}(-\S{4}){3}$/);

  const again = await register();
  expect([again.code, JSON.parse(again.err).errors[0].field]).toEqual([1, "subdomain"]);

  const list = JSON.parse((await wardline(["tenants:list", "--json"])).out) as { subdomain: string }[];
  expect(list.map((item) => item.subdomain)).toEqual([subdomain]);
  const of = ["--hospital", subdomain, "--json"];
  expect(JSON.parse((await wardline(["tenants:suspend", ...of])).out)).toMatchObject({ status: "suspended" });
  expect(JSON.parse((await wardline(["tenants:activate", ...of])).out)).toMatchObject({ status: "active" });
  expect(JSON.parse((await wardline(["tenants:migrate", "--all", "--json"])).out)).toMatchObject([
    { ok: true },
  ]);
  const proof = await wardline(["verify", ...of]);
  expect([proof.code, JSON.parse(proof.out).equal]).toEqual([0, true]);
  const health = await wardline(["system:health", "--json"]);
  expect([health.code, JSON.parse(health.out).healthy]).toEqual([0, true]);
});

test("an unknown hospital ends with code 1", async () => {
  const shown = await wardline(["tenants:show", "--hospital", "nobody"]);
  expect([shown.code, shown.err]).toEqual([1, 'wardline: There is no hospital "nobody".\n']);
});

test("an operator is added with a made password, or with one from standard input", async () => {
  const made = await wardline([
    "owner:create",
    "--email",
    "one@wardline.example",
    "--name",
    "One Owner",
    "--json",
  ]);
  expect(JSON.parse(made.out)).toMatchObject({ role: "super-admin", mustChangePassword: true });
  const chosen = await wardline(
    [
      "owner:create",
      "--email",
      "two@wardline.example",
      "--name",
      "Two Owner",
      "--role",
      "admin",
      "--password-stdin",
      "--json",
    ],
    "a long chosen password\n",
  );
  expect(JSON.parse(chosen.out)).toMatchObject({ role: "admin", password: null, mustChangePassword: false });
  const same = await wardline(["owner:create", "--email", "two@wardline.example", "--name", "Two Again"]);
  expect(same.code).toBe(1);
  expect(same.err).toContain("email");
});

test("a server is put on record from standard input, and its password is shown nowhere", async () => {
  const added = await wardline(
    ["servers:add", "--name", "second", "--purpose", "primary", "--region", "in-delhi", "--json"],
    "postgres://keeper:very-secret@db.example:5432/postgres",
  );
  expect(added.code).toBe(0);
  expect(added.out).toContain("db.example:5432");
  expect(added.out).not.toContain("very-secret");
});
