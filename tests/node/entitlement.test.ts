import { afterAll, beforeAll, expect, test } from "bun:test";
import { ensureDatabase } from "../../db/databases.ts";
import { createQueue } from "../../jobs/queue.ts";
import { createApp } from "../../server/app.ts";
import { signedDocumentOf } from "../../server/bridge/node-document.ts";
import { ownerFor } from "../../server/bridge/on-site.ts";
import { FixedClock, systemClock } from "../../server/clock.ts";
import { readEnv } from "../../server/env.ts";
import { urlOf } from "../../server/foundation.ts";
import { noteTime, takeDocument } from "../../server/node/configuration.ts";
import type { NodeDocument, SignedDocument } from "../../server/node/document.ts";
import { openNodeFoundation } from "../../server/node/foundation.ts";
import { joinOwner } from "../../server/node/join.ts";
import { knownHere } from "../../server/node/known.ts";
import { settleNode } from "../../server/node/pool.ts";
import { ownerSigningKey } from "../../server/owner/nodes/signing-key.ts";
import { createNodeToken } from "../../server/owner/nodes/tokens.ts";
import { closeServices, createServices } from "../../server/services.ts";
import { signText } from "../../server/sync/wire-signing.ts";
import type { Services } from "../../server/tenancy/services.ts";
import { discard, scratchData } from "../boot/app.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";
import { emailOf, password } from "../support/cast.ts";
import { Client } from "../support/client.ts";

const dayMs = 24 * 60 * 60_000;
const allowMs = 120_000;
const dataDir = scratchData();
const clock = new FixedClock(new Date());
let owner: TestApp;
let hospital: TestHospital;
let node: Services;
let here: ReturnType<typeof createApp>;
let joinedBy = "";

/** The hospital's own server in this process, on a Postgres of its own that it was given. */
beforeAll(async () => {
  owner = await testApp();
  hospital = await owner.newHospital();
  const ownerApp = createApp({ ...owner.services, clock: systemClock });
  const server = Bun.serve({
    port: 0,
    fetch: (request, peer) => ownerApp.handle(request, peer.requestIP(request)?.address ?? null),
  });
  const database = `node_${Bun.randomUUIDv7().replaceAll("-", "")}`;
  await ensureDatabase(owner.admin.local, database);
  const env = readEnv({
    ...{ WARDLINE_MODE: "hospital", WARDLINE_LOG: "silent", WARDLINE_DATA: dataDir },
    TENANT_PG_URL: urlOf({ ...owner.admin.local, database, schema: "hospital" }),
  });
  const { log } = owner.services;
  const foundation = await openNodeFoundation(env, log);
  const { token } = await createNodeToken(
    ownerFor({ ...owner.services, clock: systemClock }, "tests"),
    hospital.id,
  );
  const ownerUrl = `http://owner.localhost:${server.port}`;
  const outcome = await joinOwner(foundation, { ownerUrl, token, name: "ward server", address: null, env });
  joinedBy = outcome.subdomain;
  await server.stop(true);
  const { keyring, admin, app } = foundation;
  const queue = createQueue({ redisUrl: null, postgresUrl: urlOf(admin), log });
  node = createServices({ env, log, clock, keyring, queue, controlPlace: null, known: knownHere(app) });
  settleNode(node, foundation);
  here = createApp(node);
}, allowMs);

afterAll(async () => {
  await closeServices(node);
  await discard(dataDir);
}, allowMs);

const admin = () => new Client(here, "ward.localhost").signIn(emailOf("admin", hospital.subdomain), password);
const register = (who: Client, also: Record<string, unknown> = {}) =>
  who.send("/api/v1/tenant/patients", {
    json: {
      ...{ firstName: "Late", lastName: "Offline", sex: "female", bornOn: "1990-01-02" },
      ...also,
    },
  });

/** Time goes on, and this server reads anew what it remembers for half a second. */
function later(days: number): void {
  clock.advance(days * dayMs);
  node.resolver.forget();
}

/** What the owner would sign at an instant, with changes. */
async function signedAt(at: Date, changes: Partial<NodeDocument> = {}): Promise<SignedDocument> {
  const plane = ownerFor({ ...owner.services, clock: new FixedClock(at) }, "tests");
  const document = JSON.parse((await signedDocumentOf(plane, hospital.id)).text) as NodeDocument;
  const text = JSON.stringify({ ...document, ...changes });
  return { text, signature: signText((await ownerSigningKey(plane)).privateKey, text) };
}

test(
  "a server on a Postgres that it was given joins and works",
  async () => {
    expect(joinedBy).toBe(hospital.subdomain);
    expect((await register(await admin())).status).toBe(201);
  },
  allowMs,
);

test(
  "an older document, a forged one and another hospital's are not taken",
  async () => {
    const at = clock.now();
    expect(await takeDocument(node, await signedAt(at, { version: 1 }))).toBe(false);
    expect(await takeDocument(node, await signedAt(new Date(at.getTime() - dayMs)))).toBe(false);
    expect(await takeDocument(node, await signedAt(at, { tenantId: owner.abdullah.id }))).toBe(false);
    const forged = await signedAt(new Date(at.getTime() + dayMs));
    expect(
      await takeDocument(node, { ...forged, text: forged.text.replace("enterprise", "unlimited") }),
    ).toBe(false);
  },
  allowMs,
);

test(
  "without the owner all works for 30 days, then with a warning, then records are read and emergencies registered",
  async () => {
    later(29);
    expect(await (await admin()).page("/patients")).not.toContain("has not been heard");
    later(3);
    const warned = await admin();
    expect(await warned.page("/patients")).toContain("has not been heard for a while");
    expect((await register(warned)).status).toBe(201);
    later(14);
    await noteTime(node, false);
    const restricted = await admin();
    expect(await restricted.page("/patients")).toContain("has not been heard for too long");
    const refused = await register(restricted);
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({ code: "hospital.lapsed" });
    expect((await register(restricted, { emergency: true })).status).toBe(201);
    expect(await node.directory.workedHere()).toEqual([]);
  },
  allowMs,
);

test(
  "a clock set back brings nothing back; the owner's word does",
  async () => {
    later(-40);
    const earlier = await admin();
    expect((await register(earlier)).status).toBe(402);
    later(40);
    expect(await takeDocument(node, await signedAt(clock.now()))).toBe(true);
    expect((await register(await admin())).status).toBe(201);
    expect(await node.directory.workedHere()).toEqual([hospital.id]);
  },
  allowMs,
);
