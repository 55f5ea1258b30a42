import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addTo, aPdf } from "../hospital/documents/support.ts";
import { patientsPath, register } from "../hospital/patients/support.ts";
import { breakGlass, restricted } from "../hospital/privacy/support.ts";
import type { Client } from "../support/client.ts";
import { type CliHospital, refusalOf, startCliHospital } from "./cli-support.ts";

setDefaultTimeout(120_000);

let at: CliHospital;

async function deleteRecord(client: Client, id: string): Promise<void> {
  const json = { reason: "Entered twice" };
  const answer = await client.send(`${patientsPath}/${id}`, { method: "DELETE", json });
  if (!answer.ok) throw new Error(`Deleting answered ${answer.status}.`);
}

beforeAll(async () => {
  at = await startCliHospital("records");
});
afterAll(() => at.close());

test("a person or a department is named for a restricted record, and taken off its list again", async () => {
  const admin = await at.staff("admin");
  const doctor = await at.staff("doctor");
  const { id, mrn } = await restricted(admin);
  const record = ["--patient", mrn] as const;
  const looks = async () => (await doctor.get(`${patientsPath}/${id}`)).status;
  expect(await looks()).toBe(403);
  const named = await at.wardline("records:name", ...record, "--email", "DOCTOR@cli.example");
  expect([named.code, await looks()]).toEqual([0, 200]);
  expect(named.out).toMatch(/^Dr Danish +command$/m);
  const off = await at.wardline("records:unname", ...record, "--email", "doctor@cli.example");
  expect([off.code, off.out.includes("Nobody is named"), await looks()]).toEqual([0, true, 403]);
  const nobody = await at.wardline("records:unname", ...record, "--email", "doctor@cli.example", "--json");
  expect([nobody.code, refusalOf(nobody).code]).toEqual([1, "access.not-found"]);
  const ward = ["--department", "medical"] as const;
  const past = await at.wardline(
    ...["records:name", ...record, ...ward, "--until", "2020-01-01T00:00:00Z", "--json"],
  );
  expect([past.code, refusalOf(past).errors.map(({ field }) => field)]).toEqual([1, ["until"]]);
  const unknown = await at.wardline("records:name", ...record, "--department", "Nowhere", "--json");
  expect([unknown.code, refusalOf(unknown).code, await looks()]).toEqual([1, "department.not-found", 403]);
  const until = "2099-01-01T00:00:00.000Z";
  const open = await at.answer<{ access: readonly { until: string }[] }>(
    ...["records:name", ...record, ...ward, "--until", until],
  );
  expect([open.access.map((one) => one.until), await looks()]).toEqual([[until], 200]);
  expect((await at.wardline("records:unname", ...record, ...ward)).code).toBe(0);
  expect(await looks()).toBe(403);
  expect((await at.wardline("records:name", ...record)).code).toBe(2);
  for (const event of ["patient.access-granted", "patient.access-revoked"])
    expect(await admin.page(`/audit?event=${event}&patient=${mrn}`)).toContain("Command line");
});

test("an opening is judged by the id that the list tells; without a note nothing is judged", async () => {
  const admin = await at.staff("admin");
  const patient = await restricted(admin);
  const broken = await breakGlass(await at.staff("doctor"), patient.id);
  const { id } = (await broken.json()) as { id: string };
  expect((await at.wardline("privacy:reviews")).out).toMatch(new RegExp(`^${id} .* ${patient.mrn} `, "m"));
  const verdict = ["--id", id, "--verdict", "not-justified"] as const;
  const silent = await at.wardline("privacy:review", ...verdict, "--note", " ", "--json");
  expect([silent.code, refusalOf(silent).errors.map(({ field }) => field)]).toEqual([1, ["note"]]);
  expect((await at.wardline("privacy:review", "--id", id, "--verdict", "fine", "--note", "Seen")).code).toBe(
    2,
  );
  const read = async () =>
    (await admin.get(`/api/v1/tenant/glass-breaks/${id}`)).json() as Promise<Record<string, unknown>>;
  expect(await read()).toMatchObject({ verdict: "pending" });
  const judged = await at.wardline("privacy:review", ...verdict, "--note", "Nobody had called him");
  expect([judged.code, judged.out.includes("not-justified")]).toEqual([0, true]);
  expect(await read()).toMatchObject({
    ...{ verdict: "not-justified", reviewedByName: "command", reviewNote: "Nobody had called him" },
  });
  expect(await at.answer<readonly unknown[]>("privacy:reviews")).toEqual([]);
  expect(await admin.page(`/audit?event=patient.glass-reviewed`)).toContain("Command line");
});

test("who has seen a record is told, of a deleted patient too", async () => {
  const admin = await at.staff("admin");
  const doctor = await at.staff("doctor");
  const { id, mrn } = await register(admin);
  await doctor.get(`${patientsPath}/${id}`);
  await deleteRecord(admin, id);
  const seen = await at.wardline("records:seen-by", "--patient", mrn);
  expect(seen.out).toMatch(/^\S+Z +Dr Danish +patient\.viewed /m);
  expect(seen.out).toMatch(/^\S+Z +Adeela Khan +patient\.deleted +Entered twice /m);
  interface Row {
    readonly event: string;
    readonly patientId: string;
  }
  const changes = await at.answer<readonly Row[]>("records:seen-by", "--patient", mrn, "--kind", "change");
  expect(changes.map((row) => [row.event, row.patientId])).toEqual([
    ...[
      ["patient.deleted", id],
      ["patient.registered", id],
    ],
  ]);
  const nobody = await at.wardline("records:seen-by", "--patient", "0000", "--json");
  expect([nobody.code, refusalOf(nobody).code]).toEqual([1, "patient.not-found"]);
});

test("a record is given out to a file with its documents, never without the consent it needs", async () => {
  const admin = await at.staff("admin");
  const { id, mrn } = await register(admin);
  const document = await addTo(admin, id, aPdf("the letter itself"));
  const folder = mkdtempSync(join(tmpdir(), "wardline-records-"));
  const file = join(folder, "record.zip");
  const to = ["--patient", mrn, "--recipient", "State Life", "--reason", "A claim", "--out", file] as const;
  const without = await at.wardline("records:disclose", ...to, "--purpose", "insurance", "--json");
  expect([without.code, refusalOf(without).code, readdirSync(folder)]).toEqual([1, "consent.missing", []]);
  const told = await at.answer<unknown>("records:disclose", ...to, "--purpose", "subject");
  expect(told).toEqual({ file, bytes: statSync(file).size });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = Buffer.from(await Bun.file(file).bytes()).toString("latin1");
  for (const part of ["PK", `"mrn":"${mrn}"`, `documents/${document.id}.pdf`, "the letter itself"])
    expect(text).toContain(part);
  expect(text).toContain('"madeBy": "command"');
  const rows = async () =>
    (await at.answer<readonly unknown[]>("audit:list", "--patient", mrn, "--event", "patient.disclosed"))
      .length;
  const taken = await at.wardline("records:disclose", ...to, "--purpose", "subject", "--json");
  expect([taken.code, refusalOf(taken).code, await rows()]).toEqual([1, "file.exists", 1]);
  const blank = ["--purpose", "subject", "--force", "--recipient", ""] as const;
  const unsaid = await at.wardline("records:disclose", ...to, ...blank, "--json");
  expect([unsaid.code, refusalOf(unsaid).errors.map(({ field }) => field)]).toEqual([1, ["recipient"]]);
  expect([existsSync(file), await rows()]).toEqual([true, 1]);
  rmSync(folder, { recursive: true });
});

test("how long a kind is kept is set, never below the law; the audit is never shortened", async () => {
  const admin = await at.staff("admin");
  const keptOf = async (kind: string) => {
    const { items } = (await (await admin.get("/api/v1/tenant/retention")).json()) as {
      items: readonly { recordClass: string; keepDays: number | null }[];
    };
    return items.find(({ recordClass }) => recordClass === kind)?.keepDays;
  };
  const sessions = ["--kind", "sessions"] as const;
  const set = await at.wardline("retention:set", ...sessions, "--days", "30");
  expect(set.out).toMatch(/^sessions +30 days +7 days /m);
  expect(await keptOf("sessions")).toBe(30);
  for (const days of ["1", "often", " "]) {
    const refused = await at.wardline("retention:set", ...sessions, "--days", days, "--json");
    expect([refused.code, refusalOf(refused).errors.map(({ field }) => field)]).toEqual([1, ["keepDays"]]);
  }
  const audit = await at.wardline("retention:set", "--kind", "audit", "--days", "4000", "--json");
  expect([audit.code, refusalOf(audit).code]).toEqual([1, "retention.not-shortened"]);
  expect((await at.wardline("retention:set", ...sessions)).code).toBe(2);
  expect((await at.wardline("retention:set", "--kind", "everything", "--for-ever")).code).toBe(2);
  expect([await keptOf("sessions"), await keptOf("audit")]).toEqual([30, null]);
  expect((await at.wardline("retention:set", ...sessions, "--for-ever")).code).toBe(0);
  expect(await keptOf("sessions")).toBeNull();
  expect(await admin.page("/audit?event=retention.changed")).toContain("Command line");
});

test("a deleted patient's record is held from erasure until the hold is lifted", async () => {
  const admin = await at.staff("admin");
  const { id, mrn } = await register(admin);
  await deleteRecord(admin, id);
  const record = ["--patient", mrn] as const;
  expect((await at.wardline("holds:show", ...record)).out).toBe(`${mrn} is not held.\n`);
  const short = await at.wardline("holds:place", ...record, "--reason", "?", "--json");
  expect([short.code, refusalOf(short).errors.map(({ field }) => field)]).toEqual([1, ["reason"]]);
  expect(await at.answer("holds:show", ...record)).toEqual({ mrn, hold: null });
  const held = await at.wardline("holds:place", ...record, "--reason", "A claim before the court");
  expect(held.out).toMatch(
    new RegExp(`^${mrn} is held, by command, since \\S+Z: A claim before the court\n$`),
  );
  expect(await admin.page(`/patients/${id}/privacy`)).toContain("A claim before the court");
  expect((await at.wardline("holds:lift", ...record)).out).toBe(`${mrn} is not held.\n`);
  expect(await admin.page(`/patients/${id}/privacy`)).not.toContain("A claim before the court");
  for (const event of ["patient.held", "patient.hold-lifted"])
    expect(await admin.page(`/audit?event=${event}&patient=${mrn}`)).toContain("Command line");
});

test("who of support asked to come in is refused with a note, once; both audits have it", async () => {
  const olga = await at.olga();
  const requests = `/api/v1/owner/tenants/${at.tenantId}/support-requests`;
  const json = { reason: "The import stopped half-way", minutes: 60 };
  const { id } = (await (await olga.send(requests, { json })).json()) as { id: string };
  const refuse = () => at.wardline("support:refuse", "--id", id, "--note", "Not today", "--json");
  expect((await refuse()).code).toBe(0);
  const again = await refuse();
  expect([again.code, refusalOf(again).code]).toEqual([1, "support.decided"]);
  const heard = (await (await olga.get(requests)).json()) as {
    items: readonly { id: string; status: string; note: string | null }[];
  };
  const said = heard.items.find((one) => one.id === id);
  expect([said?.status, said?.note]).toEqual(["refused", "Not today"]);
  const admin = await at.staff("admin");
  expect(await admin.page("/audit?event=support.refused")).toContain("Command line");
  const rows = (await (await olga.get("/api/v1/owner/audit?event=support.refused")).json()) as {
    items: readonly { tenantId: string }[];
  };
  expect(rows.items.map(({ tenantId }) => tenantId)).toEqual([at.tenantId]);
});
