import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { dropDatabase } from "../../db/databases.ts";
import { operators } from "../../db/schema/control/operators.ts";
import { type App, createApp } from "../../server/app.ts";
import { hashPassword } from "../../server/auth/passwords.ts";
import { provisionHospital } from "../../server/bridge/provision.ts";
import { seedUser } from "../../server/bridge/provision-seed.ts";
import { systemClock } from "../../server/clock.ts";
import { asked } from "../bridge/asked.ts";
import { type OwnerPlane, startOwnerPlane } from "../bridge/owner-plane.ts";
import { register } from "../hospital/patients/support.ts";
import { breakGlass, restricted } from "../hospital/privacy/support.ts";
import { password } from "../support/cast.ts";
import { Client } from "../support/client.ts";
import { answerOf, runCommand } from "../support/command.ts";

// Each command is a process of its own, which reads the time that it is. The plane's own clock stands at a day that
// has been: what people do there happened then.
setDefaultTimeout(120_000);

let plane: OwnerPlane;
let app: App;
let subdomain: string;
let tenantId: string;
const databases: string[] = [];

beforeAll(async () => {
  plane = await startOwnerPlane();
  app = createApp(plane.services);
  subdomain = plane.name("private");
  const { tenant } = await provisionHospital(plane.services, plane.owner(), asked(subdomain));
  tenantId = tenant.id;
  databases.push(tenant.primaryDatabase, tenant.copyDatabase ?? tenant.primaryDatabase);
  const passwordHash = await hashPassword(password);
  const hospital = await plane.services.resolver.hospitalById(tenant.id);
  if (hospital === null) throw new Error("The hospital was made and is not found.");
  await plane.services.connections.hospital(hospital.place).transaction(async (tx) => {
    const rest = { passwordHash, departmentKey: "medical", mustChangePassword: false };
    const at = { hospital, clock: plane.services.clock };
    await seedUser(tx, at, { ...rest, name: "Dr Danish", email: "doctor@cli.example", roleKey: "doctor" });
    await seedUser(tx, at, { ...rest, name: "Adeela Khan", email: "admin@cli.example", roleKey: "admin" });
  });
  await plane.services.connections.control.db
    .insert(operators)
    .values({ email: "olga@cli.example", name: "Olga Owner", passwordHash, role: "super-admin" });
});
afterAll(async () => {
  await plane.close();
  for (const name of databases) await dropDatabase(plane.admin, name);
});

const staff = (email: string) => new Client(app, `${subdomain}.localhost`).signIn(email, password);

const at = (command: string, args: readonly string[]) => [command, "--hospital", subdomain, ...args];
const wardline = (command: string, ...args: readonly string[]) => runCommand(plane, at(command, args));
const answer = <T>(command: string, ...args: readonly string[]) => answerOf<T>(plane, at(command, args));

test("an opening that nobody has reviewed is told by record number until it has its verdict", async () => {
  const none = await wardline("privacy:reviews");
  expect([none.code, none.out]).toEqual([0, "Nothing waits for a review.\n"]);
  const admin = await staff("admin@cli.example");
  const patient = await restricted(admin);
  const broken = await breakGlass(await staff("doctor@cli.example"), patient.id);
  expect(broken.status).toBe(201);
  const { id } = (await broken.json()) as { id: string };
  const waiting = await wardline("privacy:reviews");
  expect(waiting.code).toBe(1);
  expect(waiting.out.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/^ID +WHEN +RECORD +WHO +REASON +STATE$/),
    expect.stringMatching(
      new RegExp(`^${id} +2026-03-01T08:00:00.000Z +${patient.mrn} +Dr Danish +emergency +overdue$`),
    ),
  ]);
  // Nobody's name that is not of the staff, and none of the words in which the doctor told of the patient.
  expect(waiting.out).not.toContain("Sheikh");
  expect(waiting.out).not.toContain("Unconscious");
  const json = { verdict: "justified", note: "Seen in the emergency room" };
  const verdict = await admin.send(`/api/v1/tenant/glass-breaks/${id}/review`, { json });
  expect(verdict.status).toBe(200);
  expect(await answer<readonly unknown[]>("privacy:reviews")).toEqual([]);
});

test("a clean-up is told before it happens, takes what is due once, and is on record as the command's", async () => {
  const admin = await staff("admin@cli.example");
  const { id } = await register(admin);
  interface Policy {
    readonly recordClass: string;
    readonly keepDays: number | null;
    readonly due: number | null;
  }
  const before = await answer<readonly Policy[]>("retention:preview");
  const sessions = before.find(({ recordClass }) => recordClass === "sessions");
  expect(sessions).toMatchObject({ keepDays: 90 });
  expect(sessions?.due).toBeGreaterThan(0);
  expect(before.find(({ recordClass }) => recordClass === "audit")).toMatchObject({ due: null });
  const words = await wardline("retention:preview");
  expect(words.out).toMatch(/^sessions +90 days +7 days +\d+$/m);
  expect(words.out).toMatch(/^deleted-patients +for ever +2922 days +0$/m);
  const gone = await answer<Record<string, number>>("retention:apply");
  expect(gone).toEqual({ sessions: sessions?.due ?? 0 });
  const again = await wardline("retention:apply");
  expect([again.code, again.out]).toEqual([0, "Nothing was due.\n"]);
  const now = await staff("admin@cli.example");
  expect((await now.get(`/api/v1/tenant/patients/${id}`)).status).toBe(200);
  const runs = await now.page("/privacy/retention");
  expect(runs).toContain("Sign-ins that have ended: ");
  expect(await now.page("/audit?event=retention.applied")).toContain("Command line");
});

test("whoever of support is inside is listed and put out; what is over cannot be ended again", async () => {
  const never = await wardline("support:list");
  expect([never.code, never.out]).toEqual([0, "Support has never asked to come in.\n"]);
  // From here on people's time is the time that it is.
  const { clock } = plane.services;
  clock.advance(systemClock.now().getTime() - clock.now().getTime());
  const olga = await new Client(app, "owner.localhost").signIn("olga@cli.example", password);
  const requests = `/api/v1/owner/tenants/${tenantId}/support-requests`;
  const json = { reason: "The import stopped half-way", minutes: 60 };
  const { id } = (await (await olga.send(requests, { json })).json()) as { id: string };
  const admin = await staff("admin@cli.example");
  await admin.send(`/api/v1/tenant/support-grants/${id}/acceptance`, { json: {} });
  const listed = await wardline("support:list");
  expect(listed.out).toMatch(new RegExp(`^${id} +Olga Owner +accepted `, "m"));
  const { href } = (await (await olga.send(`${requests}/${id}/link`, { method: "POST" })).json()) as {
    href: string;
  };
  const inside = new Client(app, `${subdomain}.localhost`);
  const code = new URL(href).searchParams.get("code") ?? "";
  expect((await inside.send("/support/enter", { form: { code } })).status).toBe(303);
  const ended = await wardline("support:end", "--id", id);
  expect([ended.code, ended.out]).toEqual([0, "Olga Owner is out.\n"]);
  const again = await wardline("support:end", "--id", id, "--json");
  expect([again.code, JSON.parse(again.err).code]).toEqual([1, "support.decided"]);
  const unknown = await wardline("support:end", "--id", "nobody", "--json");
  expect([unknown.code, JSON.parse(unknown.err).code]).toEqual([1, "request.not-found"]);
  expect((await wardline("support:end")).code).toBe(2);
  const heard = (await (await olga.get(requests)).json()) as { items: { id: string; status: string }[] };
  expect(heard.items.find((one) => one.id === id)?.status).toBe("ended");
  expect(await olga.page(`/audit?hospital=${tenantId}`)).toContain("Support access: ended");
});

test("a consent is recorded, listed and withdrawn, on record as the command's", async () => {
  const admin = await staff("admin@cli.example");
  const { id, mrn } = await register(admin);
  const patient = ["--patient", mrn];
  expect((await wardline("consents:list", ...patient)).out).toBe("Nothing is recorded.\n");
  const wanted = ["--purpose", "research", "--decision", "granted", "--until", "2099-01-01T00:00:00Z"];
  const made = await answer<{ id: string; standing: string; recordedByName: string }>(
    "consents:record",
    ...patient,
    ...wanted,
  );
  expect(made).toMatchObject({ standing: "in-force", recordedByName: "command", method: "written" });
  const listed = await wardline("consents:list", ...patient);
  expect(listed.out).toMatch(new RegExp(`^${made.id} +research +in-force +patient +written `, "m"));
  const silent = await wardline("consents:withdraw", ...patient, "--id", made.id, "--reason", " ", "--json");
  expect([silent.code, JSON.parse(silent.err).code]).toEqual([1, "input.invalid"]);
  const gone = await wardline(
    "consents:withdraw",
    ...patient,
    "--id",
    made.id,
    "--reason",
    "Asked by letter",
  );
  expect([gone.code, gone.out.includes("withdrawn")]).toEqual([0, true]);
  const wrong = await wardline("consents:record", ...patient, ...wanted.slice(0, 5), "tomorrow", "--json");
  expect(JSON.parse(wrong.err)).toMatchObject({
    errors: [{ field: "validUntil", code: "not-a-time" }],
  });
  const unnamed = [...wanted, "--given-by", "guardian"];
  const guardian = await wardline("consents:record", ...patient, ...unnamed, "--json");
  expect(JSON.parse(guardian.err)).toMatchObject({ errors: [{ field: "giverName", code: "required" }] });
  expect((await wardline("consents:record", ...patient, "--purpose", "fun")).code).toBe(2);
  const consents = (await (await admin.get(`/api/v1/tenant/patients/${id}/consents`)).json()) as {
    items: { standing: string }[];
  };
  expect(consents.items.map(({ standing }) => standing)).toEqual(["withdrawn"]);
  expect(await admin.page("/audit?event=consent.withdrawn")).toContain("Command line");
});

test("a record is restricted and opened again, with a reason; a number that is nobody's is named", async () => {
  const admin = await staff("admin@cli.example");
  const { id, mrn } = await register(admin);
  const doctor = await staff("doctor@cli.example");
  const looks = async () => (await doctor.get(`/api/v1/tenant/patients/${id}`)).status;
  expect((await wardline("records:access", "--patient", mrn)).out).toContain("is open to everybody");
  const shut = await wardline("records:restrict", "--patient", mrn, "--reason", "Asked for by the patient");
  expect([shut.code, shut.out.includes("is restricted"), await looks()]).toEqual([0, true, 403]);
  const privacy = await answer<{ restricted: boolean; reason: string }>("records:access", "--patient", mrn);
  expect(privacy).toMatchObject({ restricted: true, reason: "Asked for by the patient", access: [] });
  const open = await wardline("records:lift", "--patient", mrn, "--reason", "No longer wished");
  expect([open.code, await looks()]).toEqual([0, 200]);
  const nobody = await wardline("records:restrict", "--patient", "0000", "--reason", "Why not", "--json");
  expect([nobody.code, JSON.parse(nobody.err).code]).toEqual([1, "patient.not-found"]);
  expect((await wardline("records:restrict", "--patient", mrn)).code).toBe(2);
});

test("a hospital that is not there is named in the refusal, and help tells the use", async () => {
  const nowhere = await wardline("retention:apply", "--hospital", "nowhere");
  expect([nowhere.code, nowhere.err]).toEqual([1, 'wardline: There is no hospital "nowhere".\n']);
  for (const command of [
    "privacy:reviews",
    "retention:preview",
    "retention:apply",
    "support:list",
    "consents:list",
    "records:lift",
  ]) {
    const help = await wardline(command, "--help");
    expect([help.code, help.out.startsWith(`wardline ${command} --hospital SUBDOMAIN`)]).toEqual([0, true]);
  }
});
