import { expect, test } from "bun:test";
import { testApp } from "../support/app.ts";

test("the owner makes a token at the hospital's page, told once", async () => {
  const app = await testApp();
  const owner = await app.owner();
  const path = `/hospitals/${app.ramzan.id}/servers`;
  expect(await owner.page(path)).toContain("Make a token");
  const made = await owner.submit(path, path);
  expect(made.status).toBe(201);
  expect(await made.text()).toMatch(/node:join --owner \S+ --token wln_/);
  expect(await owner.page(path)).not.toContain("wln_");
}, 120_000);
