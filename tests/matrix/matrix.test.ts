import { expect, test } from "bun:test";
import { testApp } from "../support/app.ts";
import { badgeAt } from "../support/badges.ts";
import { runMatrix, walkStrangers } from "./matrix.ts";
import { plant } from "./plant.ts";
import { walkedRoutes } from "./routes.ts";
import { Findings } from "./verdicts.ts";

test("every route refuses whoever has no business there, and each role what is not its own", async () => {
  const findings = await runMatrix();
  expect(findings.leaks).toEqual([]);
  expect(findings.unproven).toEqual([]);
  expect(findings.combinations).toBeGreaterThan(3_000);
  expect(findings.rights).toBeGreaterThan(100);
  expect(findings.done).toBeGreaterThan(300);
}, 300_000);

test("the walk sees a leak: whoever is let in counts as one, and so does a row that is told", async () => {
  const app = await testApp();
  const planted = await plant(app, await app.newHospital());
  const routes = (await walkedRoutes(app)).filter(
    ({ name }) =>
      name === "hospital GET /api/v1/tenant/patients" || name === "hospital GET /api/v1/tenant/patients/:id",
  );
  const { token } = await badgeAt(app, planted.hospital, planted.people["doctor"] ?? "");
  const inside = { name: "a doctor", headers: { authorization: `Bearer ${token}` } };
  const findings = new Findings();
  const door = { part: "test", host: planted.hospital.host, planted: [planted] };
  await walkStrangers(app, routes, [inside], door, findings);
  const at = (path: string, what: string) =>
    `a doctor: hospital GET /api/v1/tenant/${path} answered 200${what}`;
  expect(findings.leaks).toEqual([
    ...[at("patients", ""), at("patients", " and tells of a hospital")],
    ...[at("patients/:id", ""), at("patients/:id", " and tells of a hospital")],
  ]);
});
