import { expect, test } from "bun:test";
import { testApp } from "../../support/app.ts";
import { eventsOf, patientsPath, problemOf, register } from "../patients/support.ts";

const { newHospital } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");

const consent = { purpose: "insurance", decision: "granted", givenBy: "patient", method: "written" };
const asked = { purpose: "insurance", recipient: "State Life", reason: "A claim of the patient" };

async function disclose(id: string, json: unknown = asked): Promise<readonly [number, string]> {
  const answer = await admin.send(`${patientsPath}/${id}/disclosure`, { json });
  return answer.status === 200
    ? [200, answer.headers.get("content-type") ?? ""]
    : [answer.status, (await problemOf(answer)).code];
}

test("nothing is given out without a consent in force; withdrawn, refused and expired ones block the next", async () => {
  const { id } = await register(admin);
  const at = `${patientsPath}/${id}/consents`;
  const record = async (more: Readonly<Record<string, unknown>> = {}) =>
    (await (await admin.send(at, { json: { ...consent, ...more } })).json()) as {
      id: string;
      standing: string;
    };
  expect(await disclose(id)).toEqual([403, "consent.missing"]);
  const granted = await record();
  expect(granted.standing).toBe("in-force");
  expect(await disclose(id)).toEqual([200, "application/zip"]);
  const withdrawn = await admin.send(`${at}/${granted.id}/withdrawal`, {
    json: { reason: "By phone, the patient herself" },
  });
  expect(withdrawn.status).toBe(200);
  expect(await disclose(id)).toEqual([403, "consent.withdrawn"]);
  await record({ validFrom: "2020-01-01T00:00:00Z", validUntil: "2021-01-01T00:00:00Z" });
  expect(await disclose(id)).toEqual([403, "consent.expired"]);
  await record({ decision: "refused" });
  expect(await disclose(id)).toEqual([403, "consent.refused"]);
  expect(await disclose(id, { ...asked, purpose: "subject" })).toEqual([200, "application/zip"]);
  expect(await eventsOf(hospital, granted.id)).toEqual(["consent.recorded", "consent.withdrawn"]);
  const nameless = await admin.send(at, { json: { ...consent, givenBy: "guardian" } });
  expect((await problemOf(nameless)).errors?.map(({ field }) => field)).toEqual(["giverName"]);
});

test("the archive holds the record, who has seen it, and checksums that are right", async () => {
  const { id, mrn } = await register(admin, { lastName: "=cmd()" });
  const answer = await admin.send(`${patientsPath}/${id}/disclosure`, {
    json: { ...asked, purpose: "subject" },
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(0, 2).toString()).toBe("PK");
  const text = bytes.toString("latin1");
  for (const name of ["Patient.ndjson", "Observation.ndjson", "access.csv", "manifest.json", "SHA256SUMS"])
    expect(text).toContain(name);
  expect(text).toContain(`"mrn":"${mrn}"`);
  expect(text).toContain("patient.disclosed");
  const line = /\{"resourceType":"Patient".*\}\n/.exec(text)?.[0] ?? "";
  const sum = new Bun.CryptoHasher("sha256").update(Buffer.from(line, "latin1")).digest("hex");
  expect(text).toContain(`${sum}  Patient.ndjson`);
});

test("the tab and its forms work as pages; who may not is refused", async () => {
  const { id } = await register(admin);
  const at = `/patients/${id}/consents`;
  const sent = await admin.submit(`${at}/new`, at, { ...consent, validUntil: "2099-01-01" });
  expect([sent.status, sent.headers.get("location")]).toEqual([303, at]);
  expect(await admin.page(at)).toContain("Insurance");
  expect((await admin.submit(`${at}/new`, at, { purpose: "insurance" })).status).toBe(422);
  const hr = await hospital.as("hr-manager");
  expect((await hr.get(`${patientsPath}/${id}/consents`)).status).toBe(403);
  const doctor = await hospital.as("doctor");
  expect((await doctor.send(`${patientsPath}/${id}/disclosure`, { json: asked })).status).toBe(403);
});
