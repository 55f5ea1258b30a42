import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type TestApp, type TestHospital, testApp } from "../../support/app.ts";
import { emailOf, password } from "../../support/cast.ts";
import type { Client } from "../../support/client.ts";
import { codeAt, enrol, problemOf } from "./phone.ts";

// Each sign-in is a hash of its own, and they queue where the machine is busy.
setDefaultTimeout(60_000);

let app: TestApp;
let hospital: TestHospital;
const auth = "/api/v1/tenant/auth";

const signedIn = (role: Parameters<typeof emailOf>[0]) =>
  hospital.stranger().signIn(emailOf(role, hospital.subdomain), password);

beforeAll(async () => {
  app = await testApp();
  hospital = await app.newHospital();
}, 60_000);

/** As if everybody here had signed in eleven minutes ago. The clock is shared with other tests and stays. */
const letProofsAge = () =>
  hospital.system().db.execute("update sessions set proved_at = proved_at - interval '11 minutes'");

/** Asks whether a role's people need a second factor; a dangerous act. */
async function changeRule(admin: Client, role: string, requiresSecondFactor: boolean): Promise<Response> {
  const { items } = (await (await admin.get("/api/v1/tenant/roles")).json()) as {
    items: { id: string; key: string }[];
  };
  const id = items.find(({ key }) => key === role)?.id ?? "";
  return admin.send(`/api/v1/tenant/roles/${id}`, { method: "PATCH", json: { requiresSecondFactor } });
}

test("a dangerous act ten minutes after sign-in asks for a proof; with it the act is done", async () => {
  const admin = await signedIn("admin");
  expect((await changeRule(admin, "hr-manager", true)).status).toBe(200);
  await letProofsAge();
  const refused = await changeRule(admin, "hr-manager", false);
  expect(refused.status).toBe(403);
  expect((await problemOf(refused)).code).toBe("auth.step-up-required");
  const wrong = await admin.send(`${auth}/step-up`, { json: { password: "not-this-one" } });
  expect(wrong.status).toBe(422);
  expect((await problemOf(wrong)).errors?.[0]?.field).toBe("password");
  expect((await changeRule(admin, "hr-manager", false)).status).toBe(403);
  expect((await admin.send(`${auth}/step-up`, { json: { password } })).status).toBe(204);
  expect((await changeRule(admin, "hr-manager", false)).status).toBe(200);
});

test("on a page the form is kept, and the browser goes on under a new cookie", async () => {
  const admin = await signedIn("admin");
  const { items } = (await (await admin.get("/api/v1/tenant/roles")).json()) as {
    items: { id: string; key: string; name: string; permissions: string[]; version: number }[];
  };
  const role = items.find(({ key }) => key === "receptionist");
  if (role === undefined) throw new Error("There is no receptionist's role.");
  await letProofsAge();
  const path = `/roles/${role.id}`;
  const proof = /name="_csrf" value="([^"]+)"/.exec(await admin.page(path))?.[1] ?? "";
  const body = new URLSearchParams({
    _csrf: proof,
    name: role.name,
    description: "Desk & phone",
    requiresSecondFactor: "true",
    version: String(role.version),
  });
  for (const permission of role.permissions) body.append("permissions", permission);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const asked = await admin.send(path, { method: "POST", body, headers });
  expect(asked.status).toBe(403);
  const page = await asked.text();
  expect(page.includes('action="/profile/confirm"')).toBe(true);
  const interrupted = /name="interrupted" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const before = admin.cookies.get("wardline");
  const wrong = await admin.send("/profile/confirm", {
    form: { _csrf: proof, password: "not-this-one", interrupted },
  });
  expect(wrong.status).toBe(422);
  expect(admin.cookies.get("wardline")).toBe(before);
  const done = await admin.send("/profile/confirm", { form: { _csrf: proof, password, interrupted } });
  expect(done.status).toBe(200);
  const goOn = await done.text();
  expect(goOn.includes(`action="${path}"`)).toBe(true);
  expect(goOn.includes('value="Desk &amp; phone"')).toBe(true);
  expect(admin.cookies.get("wardline")).not.toBe(before);
  const old = hospital.stranger();
  old.cookies.set("wardline", before ?? "");
  expect((await old.get("/")).status).toBe(401);
  const again = new URLSearchParams();
  const form = goOn.slice(goOn.indexOf(`action="${path}"`));
  for (const [, name = "", value = ""] of form.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g))
    again.append(name, value.replaceAll("&amp;", "&"));
  expect((await admin.send(path, { method: "POST", body: again, headers })).status).toBe(303);
  const saved = await admin.get(`/api/v1/tenant/roles/${role.id}`);
  const { permissions, requiresSecondFactor, description } = (await saved.json()) as {
    permissions: string[];
    requiresSecondFactor: boolean;
    description: string;
  };
  expect({ requiresSecondFactor, description }).toEqual({
    requiresSecondFactor: true,
    description: "Desk & phone",
  });
  expect([...permissions].sort()).toEqual([...role.permissions].sort());
});

test("with a second factor the password alone is no proof", async () => {
  const doctor = await signedIn("doctor");
  const { secret } = await enrol(doctor, app.clock.now());
  // The first code is spent: the next one comes with the next step.
  app.clock.advance(31_000);
  await letProofsAge();
  expect((await doctor.send(`${auth}/second-factor`, { method: "DELETE" })).status).toBe(403);
  const half = await doctor.send(`${auth}/step-up`, { json: { password } });
  expect((await problemOf(half)).errors?.[0]).toMatchObject({ field: "code", code: "required" });
  const bad = await doctor.send(`${auth}/step-up`, { json: { password, code: "000000" } });
  expect((await problemOf(bad)).errors?.[0]).toMatchObject({ field: "code", code: "code-wrong" });
  const code = codeAt(secret, app.clock.now());
  expect((await doctor.send(`${auth}/step-up`, { json: { password, code } })).status).toBe(204);
  expect((await doctor.send(`${auth}/second-factor`, { method: "DELETE" })).status).toBe(204);
});

test("a role that needs a second factor lets its people do nothing else before they have one", async () => {
  const admin = await signedIn("admin");
  expect((await changeRule(admin, "nurse", true)).status).toBe(200);
  const nurse = await signedIn("nurse");
  const kept = await nurse.get("/api/v1/tenant/patients");
  expect(kept.status).toBe(403);
  expect((await problemOf(kept)).code).toBe("auth.second-factor-enrolment-required");
  const led = await nurse.get("/patients");
  expect(led.status).toBe(303);
  expect(led.headers.get("location")).toBe("/profile/second-factor");
  await nurse.page("/profile/second-factor");
  const begun = await nurse.submit("/profile/second-factor", "/profile/second-factor/enrolment");
  expect(begun.headers.get("location")).toBe("/profile/second-factor/enrolment");
  const page = await nurse.page("/profile/second-factor/enrolment");
  expect(page).toContain('class="qr-code"');
  const secret = (/class="code"[^>]*>([A-Z2-7 ]+)</.exec(page)?.[1] ?? "").replaceAll(" ", "");
  const from = "/profile/second-factor/enrolment";
  const wrong = await nurse.submit(from, "/profile/second-factor/confirmation", { code: "000000" });
  expect(wrong.status).toBe(422);
  const confirmed = await nurse.submit(from, "/profile/second-factor/confirmation", {
    code: codeAt(secret, app.clock.now()),
  });
  expect(confirmed.status).toBe(200);
  expect(confirmed.headers.get("cache-control")).toBe("no-store");
  expect([...(await confirmed.text()).matchAll(/[a-z2-9]{4}(?:-[a-z2-9]{4}){3}/g)]).toHaveLength(10);
  expect((await nurse.get("/patients")).status).toBe(200);
  expect((await nurse.get("/api/v1/tenant/patients")).status).toBe(200);
  const off = await nurse.send(`${auth}/second-factor`, { method: "DELETE" });
  expect((await problemOf(off)).code).toBe("second-factor.required");
});

test("an admin resets a lost phone, which signs its owner out; never their own", async () => {
  const pharmacist = await signedIn("pharmacist");
  await enrol(pharmacist, app.clock.now());
  const admin = await signedIn("admin");
  const { items } = (await (await admin.get("/api/v1/tenant/users?limit=100")).json()) as {
    items: { id: string; email: string }[];
  };
  const idOf = (role: Parameters<typeof emailOf>[0]) =>
    items.find(({ email }) => email === emailOf(role, hospital.subdomain))?.id ?? "";
  const reset = (id: string, by = admin) =>
    by.send(`/api/v1/tenant/users/${id}/second-factor`, { method: "DELETE" });
  expect((await reset(idOf("pharmacist"), await signedIn("receptionist"))).status).toBe(403);
  expect((await problemOf(await reset(idOf("admin")))).code).toBe("second-factor.own");
  expect((await reset(idOf("pharmacist"))).status).toBe(204);
  expect((await pharmacist.get(`${auth}/me`)).status).toBe(401);
  await signedIn("pharmacist");
  const rows = await hospital
    .system()
    .db.execute(`select 1 from audit_log where event = 'second-factor.reset'`);
  expect([...(rows as unknown as Iterable<unknown>)]).toHaveLength(1);
});
