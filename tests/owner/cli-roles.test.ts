import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { dropDatabase } from "../../db/databases.ts";
import { operators } from "../../db/schema/control/operators.ts";
import { type App, createApp } from "../../server/app.ts";
import { hashPassword } from "../../server/auth/passwords.ts";
import { allHospitalPermissions } from "../../server/auth/permissions.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { seedUser } from "../../server/bridge/provision-seed.ts";
import { systemClock } from "../../server/clock.ts";
import { challengeFor, enrol, problemOf } from "../auth/second-factor/phone.ts";
import { asked } from "../bridge/asked.ts";
import { type OwnerPlane, startOwnerPlane } from "../bridge/owner-plane.ts";
import { password } from "../support/cast.ts";
import { Client } from "../support/client.ts";
import { answerOf, type Ended, runCommand } from "../support/command.ts";

// Each sign-in is a hash of its own, and they queue where the machine is busy.
setDefaultTimeout(120_000);

let plane: OwnerPlane;
let app: App;
let subdomain: string;
let admin: Client;
let olga: Client;
let passwordHash: string;
const databases: string[] = [];

/** Adds one of the staff who has chosen their password. */
async function add(email: string, roleKey: string): Promise<void> {
  const hospital = await plane.services.resolver.hospitalBySubdomain(subdomain);
  if (hospital === null) throw new Error("The hospital was made and is not found.");
  const at = { hospital, clock: plane.services.clock };
  const rest = { name: "Some One", departmentKey: "nursing", passwordHash, mustChangePassword: false };
  await plane.services.connections
    .hospital(hospital.place)
    .transaction((tx) => seedUser(tx, at, { ...rest, email, roleKey }));
}

const operator = (email: string, role: "super-admin" | "admin") =>
  plane.services.connections.control.db
    .insert(operators)
    .values({ email, name: `The ${role}`, passwordHash, role });

beforeAll(async () => {
  plane = await startOwnerPlane();
  // A command's time is the time that it is; here it is people's as well.
  const { clock } = plane.services;
  clock.advance(systemClock.now().getTime() - clock.now().getTime());
  app = createApp(plane.services);
  passwordHash = await hashPassword(password);
  subdomain = plane.name("roles");
  const plan = { plan: "advanced" };
  const { tenant } = await provisionHospital(plane.services, plane.owner(), asked(subdomain, plan));
  databases.push(tenant.primaryDatabase, tenant.copyDatabase ?? tenant.primaryDatabase);
  await add("admin@cli.example", "admin");
  await operator("olga@cli.example", "super-admin");
  admin = await staff("admin@cli.example");
  olga = await new Client(app, "owner.localhost").signIn("olga@cli.example", password);
});
afterAll(async () => {
  await plane.close();
  for (const name of databases) await dropDatabase(plane.admin, name);
});

const staff = (email: string) => new Client(app, `${subdomain}.localhost`).signIn(email, password);

const here = () => ["--hospital", subdomain] as const;
const wardline = (...args: readonly string[]) => runCommand(plane, args);
const answer = <T>(...args: readonly string[]) => answerOf<T>(plane, args);
const refusal = ({ code, err }: Ended): unknown => [code, JSON.parse(err).code];

async function json<T>(client: Client, path: string): Promise<T> {
  const response = await client.get(path);
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}.`);
  return (await response.json()) as T;
}

/** Who the audit says did this last, and of what. */
async function lastOf(client: Client, side: "owner" | "tenant", event: string) {
  interface Row {
    readonly actorName: string;
    readonly entityId: string | null;
    readonly details: unknown;
  }
  const { items } = await json<{ items: Row[] }>(client, `/api/v1/${side}/audit?event=${event}`);
  return items[0];
}

interface RoleAnswer {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly permissions: readonly string[];
  readonly scope: string;
  readonly requiresSecondFactor: boolean;
}

test("a role of the hospital's own is made, and what is changed of it counts at its people's next request", async () => {
  const words = ["--name", "Ward clerk", "--description", "Desk of a ward", "--scope", "hospital"] as const;
  const made = await answer<RoleAnswer>("roles:create", ...here(), ...words, "--rights", "patients:read");
  expect(await lastOf(admin, "tenant", "role.created")).toMatchObject({
    ...{ actorName: "command", entityId: made.id },
  });
  await add("clerk@cli.example", made.key);
  const clerk = await staff("clerk@cli.example");
  const looks = async () => (await clerk.get("/api/v1/tenant/patients")).status;
  expect(await looks()).toBe(200);
  const role = ["--role", "ward CLERK"] as const;
  const rights = ["--add", "departments:read,users:read", "--remove", "patients:read"] as const;
  const changed = await wardline("roles:change", ...here(), ...role, ...rights, "--description", "");
  expect([changed.code, await looks()]).toEqual([0, 403]);
  expect(await lastOf(admin, "tenant", "role.updated")).toMatchObject({
    ...{ actorName: "command", entityId: made.id },
    details: { given: ["departments:read", "users:read"], taken: ["patients:read"] },
  });
  const shown = await wardline("roles:show", ...here(), "--role", made.key);
  expect(shown.out).toMatch(/^Role +Ward clerk\n/);
  expect(shown.out).toEndWith("Rights         2\n  departments:read\n  users:read\n");
  const listed = await wardline("roles:list", ...here());
  expect(listed.out).toMatch(new RegExp(`^${made.key} +Ward clerk +1 +2$`, "m"));
  const used = await wardline("roles:delete", ...here(), ...role, "--json");
  expect(refusal(used)).toEqual([1, "role.in-use"]);
});

test("a right, a role or a name that is not one is refused by its name, and every role stays as it was", async () => {
  const before = await answer<readonly RoleAnswer[]>("roles:list", ...here());
  const change = (...args: readonly string[]) => wardline("roles:change", ...here(), ...args);
  const doctor = ["--role", "doctor"] as const;
  const unknown = await change(...doctor, "--add", "patients:read,patients:fly");
  expect([unknown.code, unknown.err.includes('there is no right "patients:fly"')]).toEqual([2, true]);
  expect((await change(...doctor)).code).toBe(2);
  expect((await change(...doctor, "--rights", "", "--add", "users:read")).code).toBe(2);
  expect((await change(...doctor, "--second-factor", "perhaps")).code).toBe(2);
  const nameless = await change(...doctor, "--name", " ", "--json");
  expect(JSON.parse(nameless.err)).toMatchObject({ errors: [{ field: "name", code: "required" }] });
  const taken = await change(...doctor, "--name", "nurse", "--json");
  expect(JSON.parse(taken.err)).toMatchObject({ errors: [{ field: "name", code: "taken" }] });
  const whole = await change("--role", "admin", "--remove", "roles:edit", "--json");
  expect(refusal(whole)).toEqual([1, "role.admin-whole"]);
  const nobody = await change("--role", "king", "--name", "Queen");
  expect([nobody.code, nobody.err]).toEqual([1, 'wardline: There is no role "king".\n']);
  expect(await answer<readonly RoleAnswer[]>("roles:list", ...here())).toEqual(before);
});

test("a copy does what its model does until it is removed; a standard role is not; every right is told", async () => {
  const made = await answer<RoleAnswer>("roles:copy", ...here(), "--role", "doctor", "--name", "Locum");
  const doctor = await answer<RoleAnswer>("roles:show", ...here(), "--role", "doctor");
  expect(made.permissions).toEqual(doctor.permissions);
  const path = `/api/v1/tenant/roles/${made.id}`;
  expect(await json<RoleAnswer>(admin, path)).toMatchObject({ name: "Locum", scope: doctor.scope });
  expect((await wardline("roles:delete", ...here(), "--role", "Locum")).out).toBe(
    "The role Locum is removed.\n",
  );
  expect((await admin.get(path)).status).toBe(404);
  expect(await lastOf(admin, "tenant", "role.deleted")).toMatchObject({
    ...{ actorName: "command", entityId: made.id },
  });
  expect(refusal(await wardline("roles:delete", ...here(), "--role", "nurse", "--json"))).toEqual([
    1,
    "role.built-in",
  ]);
  const rights = await answer<readonly { right: string; forPrograms: boolean }[]>("roles:rights");
  expect(rights.map(({ right }) => right)).toEqual([...allHospitalPermissions]);
  const glass = rights.find(({ right }) => right === "patients:break-glass");
  expect(glass).toMatchObject({ forPrograms: false });
});

test("a department is added, renamed and taken out of use; a name that another has changes nothing", async () => {
  interface DepartmentAnswer {
    readonly id: string;
    readonly name: string;
    readonly active: boolean;
  }
  const made = await answer<DepartmentAnswer>("departments:create", ...here(), "--name", "Burns");
  const change = (...args: readonly string[]) => wardline("departments:change", ...here(), ...args);
  const renamed = await change("--department", "burns", "--name", "Burns unit", "--in-use", "no");
  expect([renamed.code, /Burns unit +0 +out of use\n$/.test(renamed.out)]).toEqual([0, true]);
  const taken = await change("--department", "Burns unit", "--name", "nursing", "--in-use", "yes", "--json");
  expect(JSON.parse(taken.err)).toMatchObject({ errors: [{ field: "name", code: "taken" }] });
  const path = `/api/v1/tenant/departments/${made.id}`;
  expect(await json<DepartmentAnswer>(admin, path)).toMatchObject({ name: "Burns unit", active: false });
  expect(await lastOf(admin, "tenant", "department.updated")).toMatchObject({
    ...{ actorName: "command", entityId: made.id, details: { fields: ["name", "active"] } },
  });
  const listed = await wardline("departments:list", ...here());
  expect(listed.out).toMatch(/^nursing +Nursing +\d+ +in use$/m);
  expect(listed.out).toEndWith("Burns unit       0       out of use\n");
  expect((await change("--department", "ghosts", "--name", "X")).err).toBe(
    'wardline: There is no department "ghosts".\n',
  );
  expect((await change("--department", "nursing")).code).toBe(2);
});

test("what a password has to be is set at either side, one rule at a time; a refused one changes nothing", async () => {
  const sides = [
    [here(), admin, "tenant", "/api/v1/tenant/settings/passwords"],
    [["--owner"], olga, "owner", "/api/v1/owner/password-policy"],
  ] as const;
  for (const [at, person, side, path] of sides) {
    const set = (...args: readonly string[]) => wardline("password-policy:set", ...at, ...args);
    const age = await set("--minimum-length", "14", "--maximum-age-days", "400");
    expect([age.code, age.out]).toEqual([
      0,
      "Least length         14\nFormer ones refused  5\nGrows too old        after 400 days\nCommon ones refused  yes\n",
    ]);
    expect((await set("--maximum-age-days", "never", "--refuse-common", "no")).code).toBe(0);
    const wanted = { minimumLength: 14, remembered: 5, maximumAgeDays: null, refuseCommon: false };
    for (const [option, field, value] of [
      ["--minimum-length", "minimumLength", "7"],
      ["--maximum-age-days", "maximumAgeDays", "soon"],
      ["--remembered", "remembered", ""],
    ] as const) {
      const refused = await set("--refuse-common", "yes", option, value, "--json");
      expect([refused.code, JSON.parse(refused.err).errors[0].field]).toEqual([1, field]);
    }
    expect((await set()).code).toBe(2);
    expect(await json<object>(person, path)).toMatchObject(wanted);
    expect(await answer<object>("password-policy:show", ...at)).toMatchObject(wanted);
    expect(await lastOf(person, side, "password-policy.changed")).toMatchObject({
      ...{ actorName: "command", details: wanted },
    });
  }
  expect((await wardline("password-policy:set", "--minimum-length", "12")).code).toBe(2);
});

test("a role that is to have a second factor leads its people to set one up, at either side", async () => {
  await add("nurse@cli.example", "nurse");
  await operator("adam@cli.example", "admin");
  const adam = () => new Client(app, "owner.localhost").signIn("adam@cli.example", password);
  const opens = async (client: Client, path: string) => (await client.get(path)).status;
  const sides = [
    [here(), "nurse", () => staff("nurse@cli.example"), "/api/v1/tenant/patients"],
    [["--owner"], "admin", adam, "/api/v1/owner/tenants"],
  ] as const;
  for (const [at, role, signIn, path] of sides) {
    expect(await opens(await signIn(), path)).toBe(200);
    const set = (...args: readonly string[]) => wardline("second-factor:set", ...at, ...args);
    const on = await set("--role", role, "--required", "yes");
    expect(on.out).toMatch(new RegExp(`^${role} +needed`, "m"));
    const refused = await (await signIn()).get(path);
    expect((await problemOf(refused)).code).toBe("auth.second-factor-enrolment-required");
    expect((await set("--role", role)).code).toBe(2);
    expect((await set("--role", "king", "--required", "no")).code).not.toBe(0);
    type Rules = readonly { role: string; requiresSecondFactor: boolean }[];
    const rules = await answer<Rules>("second-factor:show", ...at);
    expect(rules.filter((rule) => rule.requiresSecondFactor).map((rule) => rule.role)).toEqual([role]);
    expect((await set("--role", role, "--required", "no")).code).toBe(0);
    expect(await opens(await signIn(), path)).toBe(200);
  }
  expect(await lastOf(admin, "tenant", "role.updated")).toMatchObject({
    ...{ actorName: "command", details: { fields: ["requiresSecondFactor"] } },
  });
  expect(await lastOf(olga, "owner", "sign-in-rules.changed")).toMatchObject({
    ...{ actorName: "command", details: { secondFactor: [] } },
  });
});

test("a lost phone is forgotten at either side: its owner is out, and comes in by their password alone", async () => {
  const now = plane.services.clock.now();
  await add("doctor@cli.example", "doctor");
  await operator("lost@cli.example", "admin");
  const lost = await new Client(app, "owner.localhost").signIn("lost@cli.example", password);
  const sides = [
    [["users:reset-second-factor", ...here()], await staff("doctor@cli.example"), "doctor@cli.example"],
    [["operators:reset-second-factor"], lost, "lost@cli.example"],
  ] as const;
  for (const [command, person, email] of sides) {
    await enrol(person, now);
    const stranger = new Client(app, person.host);
    expect(await challengeFor(stranger, email, password)).not.toBe("undefined");
    const reset = await wardline(...command, "--email", email.toUpperCase());
    expect([reset.code, reset.out.includes("is signed out everywhere")]).toEqual([0, true]);
    const side = person.host.startsWith("owner.") ? "owner" : "tenant";
    expect((await person.get(`/api/v1/${side}/auth/me`)).status).toBe(401);
    await stranger.signIn(email, password);
    const again = await wardline(...command, "--email", email, "--json");
    expect(refusal(again)).toEqual([1, "second-factor.none"]);
    const nobody = await wardline(...command, "--email", "nobody@cli.example", "--json");
    expect(refusal(nobody)).toEqual([1, "person.not-found"]);
    expect(await lastOf(side === "owner" ? olga : admin, side, "second-factor.reset")).toMatchObject({
      actorName: "command",
    });
  }
});
