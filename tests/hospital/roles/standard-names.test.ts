import { expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { departments } from "../../../db/schema/hospital/departments.ts";
import { roles } from "../../../db/schema/hospital/roles.ts";
import { testApp } from "../../support/app.ts";
import { emailOf } from "../../support/cast.ts";
import type { Client } from "../../support/client.ts";
import { patientsPath } from "../patients/support.ts";
import { breakGlass, restricted } from "../privacy/support.ts";

const { newHospital, owner } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");
const { db } = hospital.system();
const api = "/api/v1/tenant";

async function inLanguage(
  language: "en" | "ur" | "hi",
  path: string,
  client: Client = admin,
): Promise<string> {
  client.cookies.set("wardline_lang", language);
  return client.page(path);
}
const inUrdu = (path: string, client: Client = admin) => inLanguage("ur", path, client);

/** Whether a cell, a choice or a heading of the page says just this. */
const says = (page: string, words: string) => page.includes(`>${Bun.escapeHTML(words)}<`);

const roleOf = async (key: string) => (await db.select().from(roles).where(eq(roles.key, key)))[0];
const departmentOf = async (key: string) =>
  (await db.select().from(departments).where(eq(departments.key, key)))[0];

const rename = async (path: string, name: string) => {
  const answer = await admin.send(`${api}/${path}`, { method: "PATCH", json: { name } });
  expect(answer.status).toBe(200);
};

const added = async (path: string, json: Record<string, unknown>) => {
  const answer = await admin.send(`${api}/${path}`, { json });
  expect(answer.status).toBe(201);
  return (await answer.json()) as { readonly id: string };
};

test("in Urdu the lists of users, roles and departments say Urdu words; in English and Hindi their own", async () => {
  const users = await inUrdu("/users");
  for (const words of ["منتظم", "ڈاکٹر", "نرس", "فارماسسٹ", "انتظامیہ", "میڈیکل"])
    expect([words, says(users, words)]).toEqual([words, true]);
  for (const words of ["Administrator", "Doctor", "Nurse", "Pharmacist", "Administration", "Medical"])
    expect([words, says(users, words)]).toEqual([words, false]);
  const rooms = await inUrdu("/departments");
  expect([says(rooms, "فارمیسی"), says(rooms, "Pharmacy")]).toEqual([true, false]);
  const kinds = await inUrdu("/roles");
  expect([says(kinds, "مریضوں کا اندراج اور علاج کرتے ہیں۔"), says(kinds, "Doctor")]).toEqual([true, false]);
  expect(says(await inLanguage("hi", "/departments"), "फ़ार्मेसी")).toBe(true);
  expect(says(await inLanguage("en", "/users"), "Pharmacist")).toBe(true);
});

test("filters and forms show the words and send ids; figures and the person's own menu say them too", async () => {
  const nurse = await roleOf("nurse");
  const pharmacy = await departmentOf("pharmacy");
  const filtered = await inUrdu(`/users?roleId=${nurse?.id}`);
  expect(filtered).toMatch(new RegExp(`<option value="${nurse?.id}" selected[^>]*>نرس</option>`));
  expect(filtered).toContain(emailOf("nurse", hospital.subdomain));
  expect(filtered).not.toContain(emailOf("doctor", hospital.subdomain));
  const form = await inUrdu("/users/new");
  expect(form).toMatch(new RegExp(`<option value="${pharmacy?.id}"[^>]*>فارمیسی</option>`));
  expect([says(form, "Nurse"), says(form, "Pharmacy")]).toEqual([false, false]);
  const figures = await inUrdu("/users/statistics");
  expect([says(figures, "نرس"), says(figures, "میڈیکل"), says(figures, "Nurse")]).toEqual([
    true,
    true,
    false,
  ]);
  expect(says(await inUrdu("/", await hospital.as("nurse")), "نرس")).toBe(true);
});

test("data keeps the stored name, with the key beside it", async () => {
  admin.cookies.set("wardline_lang", "ur");
  const search = emailOf("pharmacist", hospital.subdomain);
  const answer = await admin.get(`${api}/users?search=${search}`, { "accept-language": "ur" });
  expect(await answer.json()).toMatchObject({
    items: [
      {
        ...{ roleKey: "pharmacist", roleName: "Pharmacist" },
        ...{ departmentKey: "medical", departmentName: "Medical" },
      },
    ],
  });
  const figures = await (await admin.get(`${api}/users/statistics`)).json();
  expect(figures).toMatchObject({ byDepartment: [{ key: "medical", name: "Medical" }, {}] });
});

test("a form holds the stored name, hints at what pages say, and changes nothing where nothing is typed", async () => {
  const role = await roleOf("radiologist");
  const at = `/roles/${role?.id}`;
  const page = await inUrdu(at);
  expect(page).toContain('value="Radiologist"');
  expect(page).toContain(": ریڈیالوجسٹ</p>");
  expect(says(page, "ریڈیالوجسٹ")).toBe(true);
  expect(await inLanguage("en", at)).not.toContain("pages say");
  const [name, description] = [role?.name ?? "", role?.description ?? ""];
  const fields = { name, description, scope: "hospital", permissions: "patients:read", version: "1" };
  expect((await admin.submit(at, at, fields)).status).toBe(303);
  expect(await roleOf("radiologist")).toMatchObject({ name: "Radiologist", description });
  const room = await departmentOf("radiology");
  const rooms = await inUrdu(`/departments/${room?.id}`);
  expect(rooms).toContain('value="Radiology"');
  expect(rooms).toContain(": ریڈیالوجی</p>");
});

test("whoever may only look is shown the words; a copy is proposed in them", async () => {
  const role = await roleOf("radiologist");
  const hr = await inUrdu(`/roles/${role?.id}`, await hospital.as("hr-manager"));
  expect(hr).toContain('value="ریڈیالوجسٹ"');
  expect(hr).not.toContain("Radiologist");
  const copy = await inUrdu(`/roles/${role?.id}/copy`);
  expect(copy).toMatch(/value="[^"]*ریڈیالوجسٹ/);
});

test("what the hospital named itself stands as it is, after a renaming and for its own", async () => {
  const pharmacist = await roleOf("pharmacist");
  const medical = await departmentOf("medical");
  await rename(`roles/${pharmacist?.id}`, "Dispenser");
  await rename(`departments/${medical?.id}`, "General medicine");
  await added("roles", { name: "doctor's aide", permissions: [] });
  // The standard one's name of before, now the hospital's own.
  await added("roles", { name: "Pharmacist", permissions: [] });
  await added("departments", { name: "Medical" });
  const users = await inUrdu("/users");
  expect([says(users, "Dispenser"), says(users, "فارماسسٹ")]).toEqual([true, false]);
  expect([says(users, "General medicine"), says(users, "میڈیکل")]).toEqual([true, false]);
  expect(says(await inUrdu("/", await hospital.as("pharmacist")), "Dispenser")).toBe(true);
  const kinds = await inUrdu("/roles");
  for (const name of ["Dispenser", "doctor's aide", "Pharmacist", "ڈاکٹر"])
    expect([name, says(kinds, name)]).toEqual([name, true]);
  const rooms = await inUrdu("/departments");
  expect([says(rooms, "General medicine"), says(rooms, "Medical"), says(rooms, "میڈیکل")]).toEqual([
    true,
    true,
    false,
  ]);
});

test("restricted records name departments and the roles of those who opened them in the reader's words", async () => {
  const { id } = await restricted(admin);
  const surgery = await departmentOf("surgery");
  const named = await admin.send(`${patientsPath}/${id}/access`, { json: { departmentId: surgery?.id } });
  expect(named.status).toBeLessThan(300);
  const privacy = await inUrdu(`/patients/${id}/privacy`);
  expect([says(privacy, "سرجری"), says(privacy, "Surgery")]).toEqual([true, false]);
  expect(privacy).toMatch(new RegExp(`<option value="${surgery?.id}"[^>]*>سرجری</option>`));
  const opened = await breakGlass(await hospital.as("doctor"), id);
  const { id: review } = (await opened.json()) as { readonly id: string };
  const list = await inUrdu("/privacy/reviews");
  expect([says(list, "ڈاکٹر"), says(list, "Doctor")]).toEqual([true, false]);
  expect(await inUrdu(`/privacy/reviews/${review}`)).toContain("(ڈاکٹر)");
});

test("the owner's pages of a hospital's people say them the same way", async () => {
  const olga = await owner();
  const people = await inUrdu(`/hospitals/${hospital.id}`, olga);
  expect([says(people, "ڈاکٹر"), says(people, "Doctor"), says(people, "Dispenser")]).toEqual([
    true,
    false,
    true,
  ]);
  const form = await inUrdu(`/hospitals/${hospital.id}/people/new`, olga);
  expect(form).toMatch(/<option value="nurse"[^>]*>نرس<\/option>/);
  olga.cookies.delete("wardline_lang");
});
