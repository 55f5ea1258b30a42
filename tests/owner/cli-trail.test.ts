import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toFile } from "../../server/cli/to-file.ts";
import { urlOf } from "../../server/foundation.ts";
import { patientsPath, register } from "../hospital/patients/support.ts";
import { answerOf, runCommand } from "../support/command.ts";
import { type CliHospital, refusalOf, startCliHospital } from "./cli-support.ts";

setDefaultTimeout(120_000);

interface Row {
  readonly id: string;
  readonly event: string;
  readonly actorName: string;
  readonly mrn: string | null;
  readonly patientId: string | null;
}

interface Session {
  readonly id: string;
  readonly kind: "browser" | "token";
  readonly address: string | null;
}

let at: CliHospital;
let folder: string;

beforeAll(async () => {
  at = await startCliHospital("trail");
  folder = mkdtempSync(join(tmpdir(), "wardline-trail-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await at.close();
});

const ofOwner = (command: string, ...args: readonly string[]) =>
  runCommand(at.plane, [command, "--owner", ...args]);

test("an audit is listed by record, person, event and day, page after page up to the limit", async () => {
  const admin = await at.staff("admin");
  const doctor = await at.staff("doctor");
  const { id, mrn } = await register(admin);
  for (let look = 0; look < 103; look += 1) await doctor.get(`${patientsPath}/${id}`);
  const looks = ["--patient", mrn, "--event", "patient.viewed"] as const;
  const rows = await at.answer<readonly Row[]>("audit:list", ...looks, "--limit", "102");
  expect(new Set(rows.map((row) => row.id)).size).toBe(102);
  for (const row of rows) expect(row).toMatchObject({ actorName: "Dr Danish", mrn, patientId: id });
  const page = await admin.get(`/api/v1/tenant/audit?patient=${mrn}&event=patient.viewed&limit=100`);
  const { items } = (await page.json()) as { items: readonly Row[] };
  expect(rows.slice(0, 100).map((row) => row.id)).toEqual(items.map((row) => row.id));
  const words = (await at.wardline("audit:list", ...looks)).out.trimEnd().split("\n");
  expect([words.length, words[0]?.split(/ +/), words.at(-1)?.startsWith("There are more")]).toEqual([
    ...[102, ["WHEN", "WHO", "EVENT", "RECORD", "REASON", "FROM"], true],
  ]);
  const today = at.plane.services.clock.now().getTime();
  const day = (days: number) => new Date(today + days * 86_400_000).toISOString().slice(0, 10);
  const own = ["--person", "ADMIN@cli", "--kind", "change", "--patient", mrn] as const;
  const changes = await at.answer<readonly Row[]>("audit:list", ...own, "--from", day(-2), "--to", day(2));
  expect(changes.map((row) => row.event)).toEqual(["patient.registered"]);
  expect((await at.wardline("audit:list", ...own, "--from", day(2))).out).toBe("There are no such rows.\n");
});

test("what no audit can be asked for is refused by name: an event, a day, a limit, the other side's filter", async () => {
  const event = await at.wardline("audit:list", "--event", "Look at it", "--json");
  expect([event.code, refusalOf(event).errors.map(({ field }) => field)]).toEqual([1, ["event"]]);
  const day = await at.wardline("audit:list", "--from", "yesterday", "--json");
  expect(refusalOf(day).errors.map(({ field }) => field)).toEqual(["from"]);
  for (const wrong of [
    ["--limit", "0"],
    ["--kind", "glance"],
    ["--about", at.subdomain],
  ] as const)
    expect((await at.wardline("audit:list", ...wrong)).code).toBe(2);
  expect((await ofOwner("audit:list", "--patient", "10")).code).toBe(2);
  const nowhere = await ofOwner("audit:list", "--about", "nowhere");
  expect([nowhere.code, nowhere.err]).toEqual([1, 'wardline: There is no hospital "nowhere".\n']);
});

test("an audit goes to a file for its owner alone, whole or not at all, and is on record as exported", async () => {
  const admin = await at.staff("admin");
  await register(admin);
  const file = join(folder, "audit.csv");
  const asked = ["--event", "patient.registered", "--out", file] as const;
  const read = async (kind: string) =>
    (await admin.get(`/api/v1/tenant/audit/export.${kind}?event=patient.registered`)).text();
  const exported = async () =>
    (await at.answer<readonly Row[]>("audit:list", "--event", "audit.exported")).map((row) => row.actorName);
  const csv = await read("csv");
  const before = await exported();
  const done = await at.wardline("audit:export", ...asked);
  expect([done.code, done.out]).toEqual([0, `${file}: ${Buffer.byteLength(csv)} bytes.\n`]);
  expect([await Bun.file(file).text(), statSync(file).mode & 0o777]).toEqual([csv, 0o600]);
  expect(await exported()).toEqual(["command", ...before]);
  const again = await at.wardline("audit:export", ...asked, "--format", "ndjson", "--json");
  expect([again.code, refusalOf(again).code]).toEqual([1, "file.exists"]);
  const lost = await at.wardline("audit:export", "--out", join(folder, "no", "audit.csv"), "--json");
  expect([lost.code, refusalOf(lost).code]).toEqual([1, "file.not-written"]);
  // What had nowhere to go was not given out, and is not on record as given out.
  expect([await Bun.file(file).text(), await exported()]).toEqual([csv, ["command", ...before]]);
  expect((await at.wardline("audit:export", ...asked, "--format", "ndjson", "--force")).code).toBe(0);
  expect(await Bun.file(file).text()).toBe(await read("ndjson"));
  expect(readdirSync(folder)).toEqual(["audit.csv"]);
});

test("on standard output there is the audit alone, as the program writes it", async () => {
  const admin = await at.staff("admin");
  const { controlPlace, masterKey } = at.plane.facts;
  const main = `${import.meta.dir}/../../server/cli/main.ts`;
  const args = ["audit:export", "--hospital", at.subdomain, "--event", "user.created", "--out", "-"];
  const child = Bun.spawn([process.execPath, "run", main, ...args], {
    env: {
      ...{ ...process.env, DATABASE_URL: urlOf(controlPlace), WARDLINE_MASTER_KEY: masterKey },
      ...{ WARDLINE_MODE: "all", WARDLINE_LOG: "silent" },
    },
    ...{ stdout: "pipe", stderr: "pipe" },
  });
  const [out, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  const csv = await (await admin.get("/api/v1/tenant/audit/export.csv?event=user.created")).text();
  expect([code, out]).toEqual([0, csv]);
  expect(csv.split("\r\n").length).toBeGreaterThan(3);
});

test("a file that breaks off leaves nothing behind; a link and a folder are never written over", async () => {
  const room = mkdtempSync(join(folder, "room-"));
  async function* broken(): AsyncGenerator<string> {
    yield "the first half";
    throw new Error("the database went away");
  }
  await expect(toFile(join(room, "half"), false, async () => broken())).rejects.toThrow("went away");
  await Bun.write(join(room, "own"), "kept");
  symlinkSync(join(room, "own"), join(room, "link"));
  const whole = async () => new Blob(["new"]).stream();
  for (const path of [join(room, "link"), room])
    expect(await toFile(path, true, whole).catch(({ code }) => code)).toBe("file.exists");
  expect(await toFile(join(room, "new"), false, whole)).toBe(3);
  expect(readdirSync(room).sort()).toEqual(["link", "new", "own"]);
  expect(await Bun.file(join(room, "own")).text()).toBe("kept");
  rmSync(room, { recursive: true });
});

test("the owner plane's audit is listed and exported by hospital", async () => {
  const about = ["--owner", "--about", at.subdomain] as const;
  const rows = await answerOf<readonly (Row & { tenantId: string })[]>(at.plane, ["audit:list", ...about]);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row.tenantId).toBe(at.tenantId);
  expect((await runCommand(at.plane, ["audit:list", ...about])).out).toMatch(
    new RegExp(`^\\S+ +.+ tenant\\.\\S+ +${at.subdomain}`, "m"),
  );
  const file = join(folder, "owner.ndjson");
  const to = ["--format", "ndjson", "--out", file] as const;
  const told = await answerOf(at.plane, ["audit:export", ...about, ...to]);
  expect(told).toEqual({ file, bytes: statSync(file).size });
  const lines = (await Bun.file(file).text()).trimEnd().split("\n");
  const ids = lines.map((line) => (JSON.parse(line) as Row).id);
  // The export is on record before its first row, and so is a row of itself.
  expect(ids.slice(1)).toEqual(rows.map((row) => row.id));
  const olga = await at.olga();
  const heard = await olga.get("/api/v1/owner/audit?event=audit.exported");
  expect(((await heard.json()) as { items: Row[] }).items.map((row) => [row.id, row.actorName])).toEqual([
    [ids[0] ?? "", "command"],
  ]);
});

test("where somebody is signed in is listed, and one place is ended without the others", async () => {
  const doctor = ["--email", "Doctor@cli.example"] as const;
  await at.wardline("sessions:end", ...doctor);
  const nowhere = await at.wardline("sessions:list", ...doctor);
  expect([nowhere.code, nowhere.out]).toEqual([0, "Doctor@cli.example is signed in nowhere.\n"]);
  const client = await at.staff("doctor");
  const open = await at.answer<readonly Session[]>("sessions:list", ...doctor);
  expect(open.map(({ kind, address }) => [kind, address]).sort()).toEqual([
    ["browser", "127.0.0.1"],
    ["token", "127.0.0.1"],
  ]);
  const works = async () => [(await client.get("/")).status, (await client.get(patientsPath)).status];
  const unknown = await at.wardline("sessions:end", ...doctor, "--id", Bun.randomUUIDv7(), "--json");
  expect([unknown.code, refusalOf(unknown).code, ...(await works())]).toEqual([
    ...[1, "session.not-found", 200, 200],
  ]);
  const token = open.find(({ kind }) => kind === "token")?.id ?? "";
  const ended = await at.wardline("sessions:end", ...doctor, "--id", token);
  expect([ended.code, ended.out]).toEqual([0, "Doctor@cli.example is signed out there.\n"]);
  expect(await works()).toEqual([200, 401]);
  const left = await at.wardline("sessions:list", ...doctor);
  expect(left.out).toMatch(/^ID +KIND +DEVICE +ADDRESS +LAST USE +UNTIL\n\S+ +browser +127\.0\.0\.1 /);
  const admin = await at.staff("admin");
  expect(await admin.page("/audit?event=session.ended")).toContain("Command line");
});

test("the same of an operator, at the owner's side", async () => {
  const email = ["--email", "olga@cli.example"] as const;
  expect((await ofOwner("sessions:end", ...email)).code).toBe(0);
  const olga = await at.olga();
  const open = await answerOf<readonly Session[]>(at.plane, ["sessions:list", "--owner", ...email]);
  expect(open.map(({ kind }) => kind).sort()).toEqual(["browser", "token"]);
  const browser = open.find(({ kind }) => kind === "browser")?.id ?? "";
  expect((await ofOwner("sessions:end", ...email, "--id", browser)).code).toBe(0);
  expect((await olga.get("/hospitals")).status).toBe(401);
  const heard = await olga.get("/api/v1/owner/audit?event=session.ended");
  expect(((await heard.json()) as { items: Row[] }).items.map((row) => row.actorName)).toEqual(["command"]);
  expect((await ofOwner("sessions:list")).code).toBe(2);
});
