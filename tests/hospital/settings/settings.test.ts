import { expect, test } from "bun:test";
import { testApp } from "../../support/app.ts";
import { eventsOf, problemOf } from "../patients/support.ts";

const { newHospital } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");
const path = "/api/v1/tenant/settings";

test("what is saved counts on every page at once, and is audited", async () => {
  const form = { name: "Mehr Hospital", timeZone: "Asia/Karachi", currency: "PKR", language: "en" };
  const saved = await admin.submit("/settings", "/settings", { ...form, contactPhone: "042 111 222 333" });
  expect(saved.status).toBe(303);
  const page = await admin.page("/settings");
  expect(page).toContain("<bdi>Mehr Hospital</bdi>");
  expect(page).toContain("042 111 222 333");
  expect(await eventsOf(hospital, "1")).toEqual(["settings.updated"]);
});

test("wrong input is named, an older version is refused, and nothing of it is saved", async () => {
  const change = (json: unknown, headers: Record<string, string> = {}) =>
    admin.send(path, { method: "PATCH", json, headers });
  for (const [json, field] of [
    [{ timeZone: "Mars/Olympus" }, "timeZone"],
    [{ currency: "ABC" }, "currency"],
    [{ name: "" }, "name"],
    [{ language: "xx" }, "language"],
  ] as const)
    expect((await problemOf(await change(json))).errors?.[0]?.field).toBe(field);
  expect((await change({ name: "Other" }, { "if-match": '"1"' })).status).toBe(412);
  expect(await (await admin.get(path)).json()).toMatchObject({ name: "Mehr Hospital", currency: "PKR" });
});

test("strangers and roles without the right are kept out", async () => {
  expect((await hospital.stranger().get(path)).status).toBe(401);
  const nurse = await hospital.as("nurse");
  expect((await nurse.get(path)).status).toBe(403);
  expect((await nurse.get("/settings")).status).toBe(403);
  expect((await nurse.send(path, { method: "PATCH", json: { name: "Mine" } })).status).toBe(403);
});
