import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { dropDatabase } from "../../db/databases.ts";
import { countInBuckets } from "../../server/auth/locks/failures.ts";
import { ownerPlane } from "../../server/auth/owner-plane.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { systemClock } from "../../server/clock.ts";
import { asked } from "../bridge/asked.ts";
import { type OwnerPlane, startOwnerPlane } from "../bridge/owner-plane.ts";
import { answerOf, runCommand } from "../support/command.ts";

// Each command is a process of its own, and some make databases.
setDefaultTimeout(120_000);

let plane: OwnerPlane;
let subdomain: string;
const databases: string[] = [];

beforeAll(async () => {
  plane = await startOwnerPlane();
  subdomain = plane.name("people");
  const { tenant } = await provisionHospital(plane.services, plane.owner(), asked(subdomain));
  databases.push(tenant.primaryDatabase, tenant.copyDatabase ?? tenant.primaryDatabase);
});
afterAll(async () => {
  await plane.close();
  for (const name of databases) await dropDatabase(plane.admin, name);
});

const wardline = (...args: readonly string[]) => runCommand(plane, args);
const answer = <T = Record<string, unknown>>(...args: readonly string[]) => answerOf<T>(plane, args);

test("operators are invited, given hospitals and roles, suspended and listed; the last super-admin stays", async () => {
  const first = ["--email", "first@cli.example"] as const;
  const made = await wardline("owner:create", ...first, "--name", "First Person");
  expect(made.code).toBe(0);
  const email = ["--email", "group@cli.example"] as const;
  const invited = ["--name", "Group Person", "--role", "group-admin"] as const;
  expect(await answer("operators:invite", ...email, ...invited)).toMatchObject({ status: "invited" });
  const assigned = await answer("operators:assign", ...email, "--hospitals", subdomain);
  expect(assigned["tenantIds"]).toHaveLength(1);
  expect((await wardline("operators:assign", ...email, "--hospitals", "nowhere")).code).toBe(1);
  const waiting = await wardline("operators:suspend", ...email, "--json");
  expect([waiting.code, JSON.parse(waiting.err).code]).toEqual([1, "operator.invited"]);
  expect(await answer("operators:role", ...email, "--role", "admin")).toMatchObject({ role: "admin" });
  expect((await wardline("operators:role", ...email, "--role", "king")).code).toBe(2);
  const last = await wardline("operators:suspend", ...first, "--json");
  expect([last.code, JSON.parse(last.err).code]).toEqual([1, "operator.last-super-admin"]);
  const reset = await answer("operators:reset", ...first);
  expect(reset["temporaryPassword"]).toMatch(/^\S{4}(-\S{4}){3}$/);
  const people = await answer<readonly { email: string }[]>("operators:list");
  expect(people.map((person) => person.email).sort()).toEqual(["first@cli.example", "group@cli.example"]);
});

test("staff are listed, suspended, let in again and reset; the last admin stays", async () => {
  const at = ["--hospital", subdomain] as const;
  const [admin] = await answer<readonly { email: string; status: string }[]>("users:list", ...at);
  expect(admin).toMatchObject({ email: `admin@${subdomain}.example`, status: "active" });
  const email = ["--email", `ADMIN@${subdomain}.example`] as const;
  const last = await wardline("users:suspend", ...at, ...email, "--json");
  expect([last.code, JSON.parse(last.err).code]).toEqual([1, "user.last-admin"]);
  expect(await answer("users:activate", ...at, ...email)).toMatchObject({ status: "active" });
  const told = await wardline("users:reset", ...at, ...email);
  expect([told.code, /told this once: \S{4}(-\S{4}){3}/.test(told.out)]).toEqual([0, true]);
  const nobody = await wardline("users:reset", ...at, "--email", "nobody@cli.example");
  expect([nobody.code, nobody.err]).toEqual([
    1,
    "wardline: Nobody here has the address nobody@cli.example.\n",
  ]);
  expect(await answer("sessions:end", ...at, ...email)).toMatchObject({ ended: email[1] });
});

test("keys of programs are made, listed without their secret, rotated and revoked at both sides", async () => {
  for (const [at, scope] of [
    [["--hospital", subdomain], "patients:read"],
    [["--owner"], "tenants:read"],
  ] as const) {
    const made = await answer<{ key: { id: string; prefix: string }; secret: string }>(
      ...["api-keys:create", ...at, "--name", "Machine", "--scope", scope],
    );
    expect(made.secret).toStartWith(made.key.prefix.replace("…", ""));
    const list = await wardline("api-keys:list", ...at);
    expect(list.out).toContain(made.key.prefix);
    expect(list.out).not.toContain(made.secret);
    const prefix = made.key.prefix.replace("…", "");
    const rotated = await answer<{ secret: string }>(
      ...["api-keys:rotate", ...at, "--id", prefix, "--overlap-hours", "0"],
    );
    expect(rotated.secret).not.toBe(made.secret);
    expect(await answer("api-keys:revoke", ...at, "--id", made.key.id)).toMatchObject({ state: "revoked" });
    expect((await wardline("api-keys:revoke", ...at, "--id", made.key.id)).code).toBe(1);
  }
  const beyond = await wardline("api-keys:create", "--owner", "--name", "X", "--scope", "keys:edit");
  expect(beyond.code).toBe(1);
  expect((await wardline("api-keys:list")).code).toBe(2);
  expect((await wardline("api-keys:list", "--owner", "--hospital", subdomain)).code).toBe(2);
});

test("a locked account is listed and opened; opened again there is nothing to open: code 1", async () => {
  const client = { requestId: "test", address: "192.0.2.9", userAgent: null };
  const gate = ownerPlane({ ...plane.owner(), client, clock: systemClock, keyring: plane.services.keyring });
  const email = "locked@cli.example";
  const buckets = {
    account: `account ${email}`,
    pair: `pair ${email} 192.0.2.9`,
    address: "address 192.0.2.9",
    device: null,
  };
  for (let turn = 0; turn < 12; turn += 1) await countInBuckets(gate, email, buckets);
  const locks = await answer<readonly { email: string }[]>("locks:list", "--owner");
  expect(locks.map((lock) => lock.email)).toContain(email);
  expect(await answer("locks:open", "--owner", "--email", email)).toEqual({ opened: true });
  expect((await wardline("locks:open", "--owner", "--email", email)).code).toBe(1);
  expect((await wardline("locks:open", "--owner")).code).toBe(2);
});

test("each command of the list tells how it is used", async () => {
  const { out } = await wardline("--help");
  const names = [...out.matchAll(/^ {2}(\S+(?: \S+)?) {2,}\S/gm)].map(([, name = ""]) => name);
  for (const name of ["import fhir", "operators:assign", "roles:change", "audit:list", "records:disclose"])
    expect(names).toContain(name);
  for (const name of names) {
    const help = await wardline(...name.split(" "), "--help");
    expect([help.code, help.out]).toEqual([0, expect.stringMatching(new RegExp(`^wardline ${name}[ \n]`))]);
  }
});
