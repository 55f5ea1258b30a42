import { expect, test } from "bun:test";
import { testApp } from "../../support/app.ts";
import { emailOf, ownerEmail, password } from "../../support/cast.ts";
import { Client } from "../../support/client.ts";

test.each([
  ["abdullah.localhost", emailOf("admin", "abdullah"), "patients:read"],
  ["owner.localhost", ownerEmail, "tenants:read"],
])(
  "at %s a key is made, changed, given a new secret and ended by forms alone",
  async (host, email, scopes) => {
    const { app } = await testApp();
    const person = await new Client(app, host).signIn(email, password);
    await person.page("/keys");
    await person.page("/locks");
    const bounds = { networks: "", expiresAt: "2090-01-01", callsPerMinute: "" };
    const made = await person.submit("/keys/new", "/keys", {
      name: "Analyser",
      kind: "api",
      scopes,
      ...bounds,
    });
    const shown = await made.text();
    expect(shown).toMatch(/wl_[0-9a-z]{8}_[0-9A-Za-z]{49}/);
    const path = /href="(\/keys\/[0-9a-f-]{36})"/.exec(shown)?.[1] ?? "";
    expect(await person.page(path)).not.toMatch(/wl_[0-9a-z]{8}_[0-9A-Za-z]{49}/);
    await person.page(`${path}/revocation`);
    const change = (fields: Record<string, string>) =>
      person.submit(path, path, { name: "Analyser 2", scopes, ...bounds, ...fields });
    expect((await change({ networks: "10.0.0.0/8", callsPerMinute: "5" })).status).toBe(303);
    expect((await change({ networks: "the ward" })).status).toBe(422);
    expect((await person.submit(path, `${path}/rotation`, { overlapHours: "24" })).status).toBe(200);
    expect((await person.submit(path, `${path}/revocation`)).status).toBe(303);
    expect((await change({})).status).toBe(409);
    expect((await person.submit("/keys", "/keys/policy")).status).toBe(303);
  },
);
