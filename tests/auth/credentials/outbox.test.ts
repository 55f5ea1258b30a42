import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { desc, eq } from "drizzle-orm";
import { mailOutbox } from "../../../db/schema/hospital/credentials.ts";
import { sendMail } from "../../../server/mail/mail.ts";
import { type TestApp, type TestHospital, testApp } from "../../support/app.ts";
import { emailOf } from "../../support/cast.ts";
import { anotherCopy, type Copy } from "./support.ts";

setDefaultTimeout(60_000);

let app: TestApp;
let hospital: TestHospital;
let copy: Copy;
const path = "/api/v1/tenant/outbox";

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
  copy = await anotherCopy();
});

afterAll(async () => {
  await copy.close();
});

interface Row {
  readonly id: string;
  readonly template: string;
  readonly to: string | null;
  readonly status: string;
}

const code = "48151623";

async function written(): Promise<string> {
  const context = hospital.system();
  await context.write((tx) =>
    sendMail(tx, context, {
      ...{ template: "password-reset", to: "somebody@outbox.example", language: "en" },
      ...{ data: { name: "Some Body", code }, path: "/reset-password?token=secret-of-the-link" },
    }),
  );
  const [row] = await context.db.select().from(mailOutbox).orderBy(desc(mailOutbox.createdAt)).limit(1);
  return row?.id ?? "";
}

test("an administrator sees what waits and to whom, never what it says; a retry is due at once and on record", async () => {
  const id = await written();
  const { db } = hospital.system();
  const later = new Date(app.clock.now().getTime() + 3_600_000);
  await db
    .update(mailOutbox)
    .set({ attempts: 3, nextTryAt: later, lastError: "The mail server answered 451." })
    .where(eq(mailOutbox.id, id));
  const admin = await hospital.as("admin");
  const answer = await admin.get(path);
  const text = await answer.text();
  expect(text).not.toContain(code);
  expect(text).not.toContain("secret-of-the-link");
  const { items } = JSON.parse(text) as { items: Row[] };
  expect(items.find((mail) => mail.id === id)).toMatchObject({
    ...{ template: "password-reset", to: "somebody@outbox.example", status: "waiting" },
  });
  const page = await admin.page("/outbox");
  expect(page).toContain("The mail server answered 451.");
  expect(page).not.toContain(code);
  expect((await admin.submit("/outbox", `/outbox/${id}/retry`)).status).toBe(303);
  const [row] = await db.select().from(mailOutbox).where(eq(mailOutbox.id, id));
  expect(row?.nextTryAt.getTime()).toBeLessThanOrEqual(app.clock.now().getTime());
  const audit = await (await admin.get("/api/v1/tenant/audit?event=mail.retried")).text();
  expect(audit).toContain(id);
});

test("what was given up cannot be tried again: 409; what is not there: 404", async () => {
  const id = await written();
  const { db } = hospital.system();
  await db
    .update(mailOutbox)
    .set({ status: "failed", sealedMessage: null, lastError: "The mail server answered 550." })
    .where(eq(mailOutbox.id, id));
  const admin = await hospital.as("admin");
  const retry = (one: string) => admin.send(`${path}/${one}/retry`, { method: "POST" });
  expect((await retry(id)).status).toBe(409);
  expect((await retry(Bun.randomUUIDv7())).status).toBe(404);
  const failed = (await (await admin.get(`${path}?status=failed`)).json()) as { items: Row[] };
  expect(failed.items).toMatchObject([{ id, to: null, status: "failed" }]);
});

test("who may not add people sees no mail; the owner portal has its own, for those who look after operators", async () => {
  const doctor = await hospital.as("doctor");
  expect((await doctor.get(path)).status).toBe(403);
  expect((await doctor.get("/outbox")).status).toBe(403);
  const olga = await app.owner();
  const email = `${Bun.randomUUIDv7().slice(-10)}@outbox.example`;
  const json = { name: "Invited", email, role: "group-admin" };
  expect((await olga.send("/api/v1/owner/operators", { json })).status).toBe(201);
  const { items } = (await (await olga.get("/api/v1/owner/outbox")).json()) as { items: Row[] };
  expect(items).toContainEqual(expect.objectContaining({ template: "invite" }));
  await olga.page("/outbox");
  expect((await (await olga.get("/api/v1/owner/outbox")).text()).includes(emailOf("admin", "abdullah"))).toBe(
    false,
  );
});
