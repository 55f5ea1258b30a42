import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { dropDatabase } from "../../db/databases.ts";
import { type App, createApp } from "../../server/app.ts";
import { hashPassword } from "../../server/auth/passwords.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { seedUser } from "../../server/bridge/provision-seed.ts";
import { systemClock } from "../../server/clock.ts";
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
const databases: string[] = [];

beforeAll(async () => {
  plane = await startOwnerPlane();
  // A command's time is the time that it is; here it is people's as well.
  const { clock } = plane.services;
  clock.advance(systemClock.now().getTime() - clock.now().getTime());
  app = createApp(plane.services);
  subdomain = plane.name("staff");
  const plan = { plan: "advanced" };
  const { tenant } = await provisionHospital(plane.services, plane.owner(), asked(subdomain, plan));
  databases.push(tenant.primaryDatabase, tenant.copyDatabase ?? tenant.primaryDatabase);
  const hospital = await plane.services.resolver.hospitalById(tenant.id);
  if (hospital === null) throw new Error("The hospital was made and is not found.");
  const passwordHash = await hashPassword(password);
  const chosen = { passwordHash, mustChangePassword: false, departmentKey: "administration" };
  const person = { ...chosen, name: "Adeela Khan", email: "admin@cli.example", roleKey: "admin" };
  await plane.services.connections
    .hospital(hospital.place)
    .transaction((tx) => seedUser(tx, { hospital, clock }, person));
  admin = await staff("admin@cli.example");
});
afterAll(async () => {
  await plane.close();
  for (const name of databases) await dropDatabase(plane.admin, name);
});

const staff = (email: string, secret = password) =>
  new Client(app, `${subdomain}.localhost`).signIn(email, secret);

const at = (command: string, args: readonly string[]) => [command, "--hospital", subdomain, ...args];
const wardline = (command: string, ...args: readonly string[]) => runCommand(plane, at(command, args));
const answer = <T>(command: string, ...args: readonly string[]) => answerOf<T>(plane, at(command, args));
const fed = (input: string, command: string, ...args: readonly string[]) =>
  runCommand(plane, at(command, args), input);
const refusal = ({ code, err }: Ended): unknown => [code, JSON.parse(err).code];
const fieldsOf = ({ err }: Ended): readonly unknown[] =>
  (JSON.parse(err) as { errors: { field: string; code: string }[] }).errors.map(({ field, code }) => [
    field,
    code,
  ]);

async function json<T>(path: string): Promise<T> {
  const response = await admin.get(`/api/v1/tenant${path}`);
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}.`);
  return (await response.json()) as T;
}

interface UserAnswer {
  readonly id: string;
  readonly email: string;
  readonly departmentName: string | null;
  readonly otherDepartmentIds: readonly string[];
}

/** What the audit has on a person, the latest first, as who did what. */
async function actsOn(event: string, id: string): Promise<readonly string[]> {
  const { items } = await json<{ items: { actorName: string; entityId: string | null }[] }>(
    `/audit?event=${event}`,
  );
  return items.filter(({ entityId }) => entityId === id).map(({ actorName }) => actorName);
}

const everybody = async () => (await json<{ total: number }>("/users?limit=1")).total;

/** The options of somebody new. */
const somebody = (email: string, role = "nurse", name = "Nadia Nurse") =>
  ["--email", email, "--name", name, "--role", role] as const;

test("one of the staff is added with a password told once, and comes in by it to choose their own", async () => {
  const places = ["--department", "Nursing", "--department", "emergency", "--scope", "departments"] as const;
  const made = await wardline("users:create", ...somebody("Nadia@cli.example"), ...places);
  expect([made.code, made.out]).toEqual([
    0,
    expect.stringMatching(/^Name +Nadia Nurse\nEmail +nadia@cli\.example\nState +active\nRole +Nurse\n/),
  ]);
  const told = /told this once: (\S+)\n$/.exec(made.out)?.[1] ?? "";
  const nadia = await staff("nadia@cli.example", told);
  const first = (await (await nadia.get("/api/v1/tenant/patients")).json()) as { code: string };
  expect(first.code).toBe("auth.must-change-password");
  const shown = await answer<UserAnswer & { invitation: null }>(
    ...(["users:show", "--email", "NADIA@cli.example"] as const),
  );
  const kept = await json<UserAnswer>(`/users/${shown.id}`);
  expect({ ...kept, invitation: null }).toEqual(shown);
  expect(kept).toMatchObject({ departmentName: "Nursing", scope: "departments", mustChangePassword: true });
  expect(kept.otherDepartmentIds).toHaveLength(1);
  const words = await wardline("users:show", "--email", "nadia@cli.example");
  expect(words.out).toMatch(/^Also in +Emergency\nReaches +their departments\n/m);
  expect(await actsOn("user.created", shown.id)).toEqual(["command"]);
});

test("a password that is read from standard input is theirs; what is refused adds nobody and names the field", async () => {
  const create = (input: string, ...args: readonly string[]) =>
    fed(input, "users:create", ...args, "--password-stdin", "--json");
  const made = await create(`${password}\n`, ...somebody("given@cli.example"));
  expect([made.code, JSON.parse(made.out).temporaryPassword]).toEqual([0, null]);
  await staff("given@cli.example");
  const before = await everybody();
  const weak = await create("short\n", ...somebody("weak@cli.example"));
  expect(fieldsOf(weak)).toEqual([["password", "too-short"]]);
  const odd = ["--phone", "none", "--department", "nursing"] as const;
  expect(fieldsOf(await create(password, ...somebody("not an address"), ...odd))).toEqual([
    ["email", "not-an-email"],
    ["phone", "not-a-phone"],
  ]);
  expect(fieldsOf(await create(password, ...somebody("GIVEN@cli.example")))).toEqual([["email", "taken"]]);
  const king = await create(password, ...somebody("king@cli.example", "king"));
  expect(refusal(king)).toEqual([1, "role.not-found"]);
  const ghosts = await create(password, ...somebody("ghost@cli.example"), "--department", "ghosts");
  expect(refusal(ghosts)).toEqual([1, "department.not-found"]);
  expect((await wardline("users:create", "--email", "x@cli.example")).code).toBe(2);
  expect(await everybody()).toBe(before);
});

test("an invitation is sent, sent again and withdrawn; then it is as if nobody had been invited", async () => {
  const email = ["--email", "invited@cli.example"] as const;
  const invited = await wardline("users:invite", ...somebody("invited@cli.example", "Doctor"));
  expect([invited.code, invited.out]).toEqual([
    0,
    expect.stringMatching(/^State +invited\nRole +Doctor\n.*\nReaches .*\nLast .*\nInvited +by command, /m),
  ]);
  interface Invited {
    readonly id: string;
    readonly invitation: { readonly sends: number };
  }
  const again = await answer<Invited>("users:reinvite", ...email);
  expect(again.invitation.sends).toBe(2);
  expect(await json<object>(`/users/${again.id}/invitation`)).toMatchObject({
    ...{ sends: 2, invitedByName: "command" },
  });
  const withdrawn = await wardline("users:withdraw-invitation", ...email);
  expect([withdrawn.code, withdrawn.out]).toEqual([0, "invited@cli.example is no longer invited.\n"]);
  expect((await admin.get(`/api/v1/tenant/users/${again.id}`)).status).toBe(404);
  for (const event of ["user.invited", "user.invitation-resent", "user.invitation-withdrawn"])
    expect(await actsOn(event, again.id)).toEqual(["command"]);
  const gone = await wardline("users:reinvite", ...email, "--json");
  expect(refusal(gone)).toEqual([1, "person.not-found"]);
  const here = await wardline("users:withdraw-invitation", "--email", "admin@cli.example", "--json");
  expect(refusal(here)).toEqual([1, "invitation.accepted"]);
});

test("one of the staff is given another name, address, role and place; what is refused changes nothing", async () => {
  const { id } = await answer<UserAnswer>("users:create", ...somebody("before@cli.example"));
  const change = (email: string, ...args: readonly string[]) =>
    wardline("users:change", "--email", email, ...args);
  const changed = await change(
    ...(["before@cli.example", "--name", "Nadia Changed", "--new-email", "after@cli.example"] as const),
    ...["--role", "Pharmacist", "--department", "pharmacy", "--phone", "+92 300 1234567"],
  );
  expect(changed.code).toBe(0);
  const kept = await json<UserAnswer>(`/users/${id}`);
  expect(kept).toMatchObject({
    ...{ name: "Nadia Changed", email: "after@cli.example", roleName: "Pharmacist" },
    ...{ departmentName: "Pharmacy", phone: "+92 300 1234567" },
  });
  const refused = await change("after@cli.example", "--name", "", "--role", "nurse", "--json");
  expect(fieldsOf(refused)).toEqual([["name", "required"]]);
  const address = await change("after@cli.example", "--new-email", "admin@cli.example", "--json");
  expect(fieldsOf(address)).toEqual([["email", "taken"]]);
  expect((await change("after@cli.example")).code).toBe(2);
  expect((await change("after@cli.example", "--scope", "world")).code).toBe(2);
  expect(await json<UserAnswer>(`/users/${id}`)).toEqual(kept);
  const cleared = await change("after@cli.example", "--phone", "", "--department", "");
  expect([cleared.code, /^Department +none$/m.test(cleared.out)]).toEqual([0, true]);
  expect(await json<UserAnswer>(`/users/${id}`)).toMatchObject({ phone: null, departmentName: null });
  const shut = await change("admin@cli.example", "--scope", "departments", "--json");
  expect(refusal(shut)).toEqual([1, "role.admin-whole"]);
  expect(await actsOn("user.updated", id)).toEqual(["command", "command"]);
});

test("whoever is deactivated is out at once and comes in again when taken back", async () => {
  const email = ["--email", "leaver@cli.example"] as const;
  const { id } = JSON.parse(
    (await fed(password, "users:create", ...somebody(email[1]), "--password-stdin", "--json")).out,
  ) as UserAnswer;
  const leaver = await staff(email[1]);
  const me = () => leaver.get("/api/v1/tenant/auth/me");
  expect((await me()).status).toBe(200);
  const ended = await wardline("users:deactivate", ...email);
  expect([ended.code, ended.out]).toEqual([0, "leaver@cli.example: deactivated.\n"]);
  expect((await me()).status).toBe(401);
  expect(await json<object>(`/users/${id}`)).toMatchObject({ status: "deactivated" });
  expect(await actsOn("user.deactivated", id)).toEqual(["command"]);
  const nobody = await wardline("users:deactivate", "--email", "nobody@cli.example", "--json");
  expect(refusal(nobody)).toEqual([1, "person.not-found"]);
  expect((await wardline("users:activate", ...email)).code).toBe(0);
  await staff(email[1]);
});

test("the staff in figures, and the list of a role or a department, are those of the pages", async () => {
  const { at: _then, ...figures } = await answer<Record<string, unknown>>("users:statistics");
  expect(await json<object>("/users/statistics")).toMatchObject(figures);
  const words = await wardline("users:statistics");
  expect(words.out).toMatch(new RegExp(`^all +${await everybody()}$`, "m"));
  expect(words.out).toMatch(/^ROLE +PEOPLE\n(.+\n)*Administrator +2$/m);
  expect(words.out).toMatch(/^in the last 24 hours +\d+$/m);
  const emails = async (...args: readonly string[]) =>
    (await answer<readonly UserAnswer[]>("users:list", ...args)).map(({ email }) => email);
  const admins = ["admin@cli.example", `admin@${subdomain}.example`];
  expect((await emails("--role", "Administrator")).sort()).toEqual(admins);
  expect((await emails("--department", "administration")).sort()).toEqual(admins);
  const unknown = await wardline("users:list", "--role", "king");
  expect([unknown.code, unknown.err]).toEqual([1, 'wardline: There is no role "king".\n']);
});
