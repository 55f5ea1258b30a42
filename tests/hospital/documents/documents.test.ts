import { expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { auditLog } from "../../../db/schema/hospital/audit.ts";
import { writeLooks } from "../../../server/audit/reads.ts";
import { filesHere } from "../../../server/files/sides.ts";
import { testApp } from "../../support/app.ts";
import type { Client } from "../../support/client.ts";
import { eventsOf, patientsPath, problemOf, register } from "../patients/support.ts";
import { breakGlass, restricted } from "../privacy/support.ts";
import { addTo, aPdf, aPng, type DocumentAnswer, documentsPath, formOf, send } from "./support.ts";

const app = await testApp();
const hospital = await app.newHospital();
const admin = await hospital.as("admin");
const doctor = await hospital.as("doctor");
const folder = filesHere(app.services.env, hospital.id);

const listOf = async (client: Client, patientId: string, query = "") =>
  ((await (await client.get(`${patientsPath}/${patientId}/documents${query}`)).json()) as {
    items: readonly DocumentAnswer[];
    nextCursor: string | null;
  }) ?? {};

test("a document is added, listed, read, changed, deleted and brought back, and each is on record", async () => {
  const { id } = await register(admin);
  const answer = await send(doctor, id, aPdf("one"), { kind: "referral" }, "C:\\scans\\Referral letter.pdf");
  expect(answer.status).toBe(201);
  const made = (await answer.json()) as DocumentAnswer;
  expect(made).toMatchObject({
    ...{ kind: "referral", title: "Referral letter", fileName: "Referral letter.pdf" },
    ...{ mediaType: "application/pdf", deletedAt: null, version: 1 },
  });
  expect(answer.headers.get("location")).toBe(`${documentsPath}/${made.id}`);
  expect(await folder.isSound(made.sha256)).toBe(true);
  const picture = await addTo(doctor, id, aPng(), { kind: "image", title: "Left hand" }, "x.pdf");
  expect(picture.mediaType).toBe("image/png");
  expect((await listOf(doctor, id)).items.map(({ title }) => title)).toEqual([
    "Left hand",
    "Referral letter",
  ]);
  expect((await listOf(doctor, id, "?kind=image")).items.map(({ id: one }) => one)).toEqual([picture.id]);
  expect((await listOf(doctor, id, "?search=REFERRAL")).items.map(({ id: one }) => one)).toEqual([made.id]);
  expect((await listOf(doctor, id, "?search=%25")).items).toEqual([]);
  const first = await listOf(doctor, id, "?limit=1");
  const second = await listOf(doctor, id, `?limit=1&cursor=${first.nextCursor}`);
  expect([first, second].flatMap(({ items }) => items.map(({ title }) => title))).toEqual([
    "Left hand",
    "Referral letter",
  ]);
  const stale = await doctor.send(`${documentsPath}/${made.id}`, {
    ...{ method: "PATCH", json: { title: "Another" }, headers: { "if-match": '"9"' } },
  });
  expect(stale.status).toBe(412);
  const changed = await doctor.send(`${documentsPath}/${made.id}`, {
    ...{ method: "PATCH", json: { title: "Letter of Dr Khan", kind: "letter" } },
  });
  expect(await changed.json()).toMatchObject({ title: "Letter of Dr Khan", kind: "letter", version: 2 });
  expect((await doctor.send(`${documentsPath}/${made.id}`, { method: "DELETE" })).status).toBe(200);
  expect((await doctor.get(`${documentsPath}/${made.id}/content`)).status).toBe(404);
  const edit = await doctor.send(`${documentsPath}/${made.id}`, { method: "PATCH", json: { title: "No" } });
  expect([edit.status, (await problemOf(edit)).code]).toEqual([409, "document.deleted"]);
  expect((await listOf(doctor, id)).items.length).toBe(1);
  expect((await listOf(doctor, id, "?deleted=true")).items.map(({ id: one }) => one)).toEqual([made.id]);
  expect((await doctor.send(`${documentsPath}/${made.id}/restoration`, { method: "POST" })).status).toBe(200);
  expect((await doctor.get(`${documentsPath}/${made.id}/content`)).status).toBe(200);
  expect(await eventsOf(hospital, made.id)).toEqual([
    ...["document.added", "document.changed", "document.deleted", "document.restored"],
  ]);
});

test("the content is given as it was sent, runs nothing, and each look at it is on record", async () => {
  const { id } = await register(admin);
  const content = aPdf("looked at");
  const made = await addTo(doctor, id, content, {}, 'a "b" ثنا\r\n.pdf');
  const at = `/patients/${id}/documents/${made.id}/content`;
  const shown = await doctor.get(at);
  expect(new Uint8Array(await shown.arrayBuffer())).toEqual(content);
  expect(shown.headers.get("content-type")).toBe("application/pdf");
  expect(shown.headers.get("x-content-type-options")).toBe("nosniff");
  expect(shown.headers.get("content-disposition")).toBe(
    "inline; filename=\"a _b_ ___  .pdf\"; filename*=UTF-8''a%20%22b%22%20%D8%AB%D9%86%D8%A7%20%20.pdf",
  );
  const kept = await doctor.get(`${at}?download=true`, {});
  expect(kept.headers.get("content-disposition")).toStartWith("attachment;");
  const known = await doctor.get(at, { "if-none-match": shown.headers.get("etag") ?? "" });
  expect([known.status, (await known.text()).length]).toEqual([304, 0]);
  const picture = await addTo(doctor, id, aPng(), {}, "x.png");
  const image = await doctor.get(`${documentsPath}/${picture.id}/content`);
  expect(image.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(image.headers.get("content-security-policy")).toContain("sandbox");
  const note = await addTo(doctor, id, new TextEncoder().encode("plain <b>words</b>"), {}, "n.html");
  const text = await doctor.get(`${documentsPath}/${note.id}/content`);
  expect(text.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  await writeLooks(hospital.id);
  const looks = await hospital
    .system()
    .db.select({ event: auditLog.event, patientId: auditLog.patientId })
    .from(auditLog)
    .where(eq(auditLog.entityId, made.id));
  expect(looks).toContainEqual({ event: "document.viewed", patientId: id });
});

test("what is no document is refused by its field, and leaves no file", async () => {
  const { id } = await register(admin);
  const refused = async (answer: Response) => {
    const problem = await problemOf(answer);
    return [problem.status, problem.errors?.map(({ field }) => field)];
  };
  const page = new TextEncoder().encode("<!doctype html><script>alert(1)</script>");
  expect(await refused(await send(doctor, id, page))).toEqual([422, ["file"]]);
  expect(await refused(await send(doctor, id, new Uint8Array()))).toEqual([422, ["file"]]);
  expect(await refused(await send(doctor, id, aPdf("k"), { kind: "poem" }))).toEqual([422, ["kind"]]);
  expect(await refused(await send(doctor, id, aPdf("t"), { title: "a\u0000b" }))).toEqual([422, ["title"]]);
  const nobody = "01980000-0000-7000-8000-000000000000";
  expect(await refused(await send(doctor, id, aPdf("e"), { encounterId: nobody }))).toEqual([
    422,
    ["encounterId"],
  ]);
  const large = new Uint8Array(25 * 1024 * 1024 + 1);
  large.set(aPdf());
  expect(await refused(await send(doctor, id, large))).toEqual([422, ["file"]]);
  const json = await doctor.send(`${patientsPath}/${id}/documents`, { json: { kind: "letter" } });
  expect(await refused(json)).toEqual([422, ["file", "kind"]]);
  expect((await listOf(doctor, id)).items).toEqual([]);
  const names = await hospital.system().db.execute("select file_name from documents where title = 'k'");
  expect([...(names as Iterable<unknown>)]).toEqual([]);
});

test("who may not, does not: a reader, a desk without the right, a stranger, another hospital", async () => {
  const { id } = await register(admin);
  const made = await addTo(doctor, id, aPdf("guarded"));
  const desk = await hospital.as("receptionist");
  expect((await desk.get(`${patientsPath}/${id}/documents`)).status).toBe(403);
  expect((await desk.get(`${documentsPath}/${made.id}/content`)).status).toBe(403);
  const pharmacist = await hospital.as("pharmacist");
  expect((await pharmacist.get(`${documentsPath}/${made.id}/content`)).status).toBe(200);
  expect((await send(pharmacist, id, aPdf())).status).toBe(403);
  expect((await pharmacist.send(`${documentsPath}/${made.id}`, { method: "DELETE" })).status).toBe(403);
  expect((await hospital.stranger().get(`${documentsPath}/${made.id}/content`)).status).toBe(401);
  const elsewhere = await app.ramzan.as("admin");
  expect((await elsewhere.get(`${documentsPath}/${made.id}`)).status).toBe(404);
  expect((await elsewhere.get(`${documentsPath}/${made.id}/content`)).status).toBe(404);
  expect(await filesHere(app.services.env, app.ramzan.id).sizeOf(made.sha256)).toBeNull();
  const other = await register(admin);
  expect((await doctor.get(`/patients/${other.id}/documents/${made.id}`)).status).toBe(404);
  expect((await doctor.get(`/patients/${other.id}/documents/${made.id}/content`)).status).toBe(404);
});

test("a restricted patient's documents are as closed as the record, and open with it", async () => {
  const patient = await restricted(admin);
  const at = `${patientsPath}/${patient.id}/documents`;
  expect((await problemOf(await doctor.get(at))).code).toBe("patient.restricted");
  expect((await problemOf(await send(doctor, patient.id, aPdf()))).code).toBe("patient.restricted");
  await breakGlass(doctor, patient.id);
  const made = await addTo(doctor, patient.id, aPdf("secret"));
  const nurse = await hospital.as("nurse");
  for (const path of [`${documentsPath}/${made.id}`, `${documentsPath}/${made.id}/content`])
    expect((await problemOf(await nurse.get(path))).code).toBe("patient.restricted");
  const change = { method: "PATCH", json: { title: "Mine" } };
  expect((await problemOf(await nurse.send(`${documentsPath}/${made.id}`, change))).code).toBe(
    "patient.restricted",
  );
});

test("nothing is added to a deleted record, and none of its documents is shown", async () => {
  const { id } = await register(admin);
  const made = await addTo(doctor, id, aPdf("of a deleted record"));
  await admin.send(`${patientsPath}/${id}`, { method: "DELETE", json: { reason: "registered twice" } });
  expect((await send(doctor, id, aPdf())).status).toBe(404);
  expect((await doctor.get(`${documentsPath}/${made.id}/content`)).status).toBe(404);
  const change = await doctor.send(`${documentsPath}/${made.id}`, { method: "DELETE" });
  expect((await problemOf(change)).code).toBe("patient.deleted");
});

test("a file that has not arrived is told as that, and its page stands", async () => {
  const { id } = await register(admin);
  const made = await addTo(doctor, id, aPdf("on its way"));
  await folder.remove(made.sha256);
  const answer = await doctor.get(`${documentsPath}/${made.id}/content`);
  expect([answer.status, (await problemOf(answer)).code]).toEqual([503, "files.not-here"]);
  expect(await doctor.page(`/patients/${id}/documents/${made.id}`)).toContain("has not arrived");
});

test("the pages do the same without script: upload, look, rename, delete, undo", async () => {
  const { id } = await register(admin);
  const at = `/patients/${id}/documents`;
  expect(await doctor.page(at)).toContain("No documents yet");
  const proof = /name="_csrf" value="([^"]+)"/.exec(await doctor.page(`${at}/new`))?.[1] ?? "";
  const upload = (content: Uint8Array<ArrayBuffer>) =>
    doctor.send(at, { body: formOf(content, { _csrf: proof, title: "Blood count", kind: "result" }) });
  const refused = await upload(new TextEncoder().encode("<html>"));
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain("Blood count");
  expect((await upload(aPng())).status).toBe(303);
  const [made] = (await listOf(doctor, id)).items;
  const page = await doctor.page(`${at}/${made?.id}`);
  expect(page).toContain(`src="${at}/${made?.id}/content"`);
  await doctor.submit(`${at}/${made?.id}`, `${at}/${made?.id}`, {
    title: "Renamed",
    kind: "image",
    version: "1",
  });
  const stale = await doctor.submit(`${at}/${made?.id}`, `${at}/${made?.id}`, {
    ...{ title: "Late", kind: "image", version: "1" },
  });
  expect(stale.status).toBe(412);
  const blank = await doctor.submit(`${at}/${made?.id}`, `${at}/${made?.id}`, { title: " ", kind: "image" });
  expect(blank.status).toBe(422);
  const gone = await doctor.submit(`${at}/${made?.id}`, `${at}/${made?.id}/removal`);
  expect(gone.headers.get("location")).toBe(`${at}?removed=${made?.id}`);
  expect(await doctor.page(gone.headers.get("location") ?? "")).toContain("Renamed is deleted.");
  const back = await doctor.submit(`${at}?removed=${made?.id}`, `${at}/${made?.id}/restoration`);
  expect(back.status).toBe(303);
  expect(await doctor.page(at)).toContain("Renamed");
});
