import { expect, test } from "bun:test";
import { testApp } from "../../support/app.ts";
import { eventsOf, problemOf } from "../patients/support.ts";

const { newHospital, ramzan } = await testApp();
const hospital = await newHospital();
const admin = await hospital.as("admin");
const path = "/api/v1/tenant/departments";

interface DepartmentAnswer {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly users: number;
}

const listed = async () => ((await (await admin.get(path)).json()) as { items: DepartmentAnswer[] }).items;

test("the twelve standard departments are there, with how many belong to each", async () => {
  const all = await listed();
  expect(all.length).toBe(12);
  expect(all.find(({ name }) => name === "Medical")?.users).toBeGreaterThan(0);
});

test("a department is added, changed and taken out of use, each audited", async () => {
  const made = await admin.send(path, { json: { name: "Dialysis" } });
  expect(made.status).toBe(201);
  const { id } = (await made.json()) as DepartmentAnswer;
  const change = (json: unknown, version: number) =>
    admin.send(`${path}/${id}`, { method: "PATCH", json, headers: { "if-match": `"${version}"` } });
  expect(await (await change({ description: "Three chairs" }, 1)).json()).toMatchObject({ version: 2 });
  expect((await change({ active: false }, 1)).status).toBe(412);
  expect(await (await change({ active: false }, 2)).json()).toMatchObject({ active: false });
  expect((await listed()).at(-1)?.name).toBe("Dialysis");
  expect(await eventsOf(hospital, id)).toEqual([
    "department.created",
    "department.updated",
    "department.updated",
  ]);
});

test("wrong input is named; strangers, other roles and other hospitals are kept out", async () => {
  const taken = await admin.send(path, { json: { name: "pharmacy" } });
  expect([taken.status, (await problemOf(taken)).errors?.[0]?.code]).toEqual([422, "taken"]);
  expect((await admin.send(path, { json: { name: "" } })).status).toBe(422);
  expect((await hospital.stranger().get(path)).status).toBe(401);
  const nurse = await hospital.as("nurse");
  expect((await nurse.get(path)).status).toBe(200);
  expect((await nurse.send(path, { json: { name: "Mine" } })).status).toBe(403);
  const [first] = await listed();
  expect((await (await ramzan.as("admin")).get(`${path}/${first?.id}`)).status).toBe(404);
});

test("the pages list, add and change", async () => {
  expect((await admin.submit("/departments/new", "/departments", { name: "Oncology" })).status).toBe(303);
  expect((await admin.submit("/departments/new", "/departments", { name: "oncology" })).status).toBe(422);
  expect(await admin.page("/departments")).toContain("Oncology");
  const id = (await listed()).find(({ name }) => name === "Oncology")?.id;
  const at = `/departments/${id}`;
  expect((await admin.submit(at, at, { name: "Oncology", version: "1" })).status).toBe(303);
  expect((await listed()).find(({ name }) => name === "Oncology")?.active).toBe(false);
});
