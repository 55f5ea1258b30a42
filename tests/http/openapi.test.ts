import { expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { testApp } from "../support/app.ts";
import { openApi, operationsOf } from "../support/openapi.ts";
import { publicRoutes, serverRoutes } from "../support/public-routes.ts";

test("the document is valid OpenAPI 3.1", async () => {
  const { abdullah } = await testApp();
  const document = await openApi(abdullah.stranger());
  const { valid, errors } = await new Validator().validate({ ...document });
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
});

test("every JSON route is in the document, and nothing else is", async () => {
  const { app, abdullah } = await testApp();
  const registered = app.routes
    .filter(({ path }) => path.startsWith("/api/v1/") && !path.startsWith(serverRoutes))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:([A-Za-z]+)\??/g, "{$1}")}`);
  const described = operationsOf(await openApi(abdullah.stranger())).map(
    ({ method, path }) => `${method} ${path}`,
  );
  expect(described.sort()).toEqual([...new Set(registered)].sort());
  expect(described.length).toBeGreaterThan(25);
});

test("every host gives the same document", async () => {
  const { abdullah, client } = await testApp();
  const texts = await Promise.all(
    [abdullah.host, "owner.localhost", "localhost"].map(async (host) =>
      (await client(host).get("/docs/json")).text(),
    ),
  );
  expect(new Set(texts).size).toBe(1);
});

test("each route has a summary, a group, security, and a schema for whatever it takes and answers", async () => {
  const { abdullah } = await testApp();
  const operations = operationsOf(await openApi(abdullah.stranger()));
  const faults: string[] = [];
  for (const { method, path, operation } of operations) {
    const name = `${method} ${path}`;
    const fault = (what: string) => faults.push(`${name}: ${what}`);
    if (!operation.summary) fault("no summary");
    if (operation.tags?.length !== 1) fault("not in one group");
    const isOpen = operation.security?.length === 0;
    if (operation.security === undefined) fault("security is not said");
    const onList = publicRoutes.has(`${method.toUpperCase()} ${path}`);
    if (isOpen !== onList) fault(isOpen ? "open, and not on the list" : "closed, and on the list");
    if (!isOpen && !("401" in operation.responses)) fault("401 is not described");
    const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map(([, parameter]) => parameter);
    const described = (operation.parameters ?? []).filter((one) => one.in === "path").map((one) => one.name);
    if (inPath.sort().join() !== described.sort().join()) fault(`path parameters ${described} of ${inPath}`);
    for (const parameter of operation.parameters ?? [])
      if (parameter.schema === undefined) fault(`parameter ${parameter.name} has no schema`);
    for (const [media, { schema }] of Object.entries(operation.requestBody?.content ?? {}))
      if (schema === undefined) fault(`body as ${media} has no schema`);
    const statuses = Object.keys(operation.responses);
    if (!statuses.some((status) => status.startsWith("2"))) fault("no success");
    for (const [status, response] of Object.entries(operation.responses)) {
      if (!response.description) fault(`${status} is not explained`);
      const media = Object.entries(response.content ?? {});
      if (media.length === 0 && status !== "204" && status !== "304")
        fault(`${status} has no body described`);
      for (const [type, { schema }] of media) {
        if (schema === undefined) fault(`${status} as ${type} has no schema`);
        if (Number(status) >= 400 && type !== "application/problem+json") fault(`${status} is ${type}`);
      }
    }
  }
  expect(faults).toEqual([]);
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("schemas are plain JSON Schema: nothing of the checker's own", async () => {
  const { abdullah } = await testApp();
  const text = JSON.stringify(await openApi(abdullah.stranger()));
  for (const oddity of [
    '"refusal"',
    '"nullable"',
    '"type":"File"',
    '"type":"Date"',
    '"format":"integer"',
    '"^(.*)$"',
  ])
    expect(text).not.toContain(oddity);
});

test("the guide is read without script and asks no other host for anything", async () => {
  const { abdullah } = await testApp();
  const page = await abdullah.stranger().page("/docs");
  const elsewhere = [...page.matchAll(/(?:src|href|action)="(https?:)?\/\/[^"]*"/g)].map(([match]) => match);
  expect(elsewhere).toEqual([]);
  for (const { operation } of operationsOf(await openApi(abdullah.stranger())))
    expect(page).toContain(Bun.escapeHTML(operation.summary ?? "?"));
});
