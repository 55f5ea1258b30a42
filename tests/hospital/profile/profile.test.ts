import { expect, test } from "bun:test";
import { testApp } from "../../support/app.ts";
import { emailOf, password } from "../../support/cast.ts";

const { newHospital, client } = await testApp();
const hospital = await newHospital();
const email = emailOf("nurse", hospital.subdomain);
const signIn = () => client(hospital.host).signIn(email, password);

test("the sessions are one's own: one is ended, then all others, and this one stays", async () => {
  const here = await signIn();
  const there = await signIn();
  const page = await here.page("/profile");
  const ids = [...page.matchAll(/\/profile\/sessions\/([0-9a-f-]{36})\/end/g)].map(([, id]) => id ?? "");
  expect(ids.length).toBe(3);
  const foreign = await (await hospital.as("admin")).submit("/profile", `/profile/sessions/${ids[0]}/end`);
  expect(foreign.status).toBe(404);
  expect((await here.submit("/profile", `/profile/sessions/${ids[0]}/end`)).status).toBe(303);
  expect((await here.submit("/profile", "/profile/sessions/others/end")).status).toBe(303);
  expect((await there.get("/profile")).status).toBe(401);
  expect((await there.get("/api/v1/tenant/auth/me")).status).toBe(401);
  expect((await here.get("/profile")).status).toBe(200);
});

test("the language that a person chooses is theirs in every browser", async () => {
  const here = await signIn();
  const saved = await here.submit("/profile", "/profile", { name: "Nasreen", language: "ur", theme: "dark" });
  expect(saved.status).toBe(303);
  const elsewhere = await signIn();
  const page = await elsewhere.page("/profile");
  expect(page).toContain('lang="ur" dir="rtl" data-theme="dark"');
  const faulty = await here.submit("/profile", "/profile", { name: "", theme: "dark" });
  expect(faulty.status).toBe(422);
});

test("a password is changed by who knows it, and ends every other session", async () => {
  const here = await signIn();
  const there = await signIn();
  const change = (fields: Record<string, string>) =>
    here.submit("/profile/password", "/profile/password", {
      currentPassword: password,
      newPassword: "seven small boats at sea",
      repeatPassword: "seven small boats at sea",
      ...fields,
    });
  expect((await change({ currentPassword: "not this one" })).status).toBe(422);
  expect((await change({ newPassword: "short", repeatPassword: "short" })).status).toBe(422);
  expect((await change({})).status).toBe(303);
  expect((await there.get("/profile")).status).toBe(401);
  expect((await here.get("/profile")).status).toBe(200);
  await client(hospital.host).signIn(email, "seven small boats at sea");
});

test("home shows what the role may see, and the way to the first patient", async () => {
  const admin = await hospital.as("admin");
  const empty = await admin.page("/");
  expect(empty).toContain("Start with your patients");
  expect(empty).toContain('href="/imports"');
  const hr = await hospital.as("hr-manager");
  const theirs = await hr.page("/");
  expect(theirs).not.toContain('href="/patients"');
  expect(theirs).toContain('href="/users"');
});
