import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnections } from "../../db/connect.ts";
import { ensureDatabase } from "../../db/databases.ts";
import { withSession } from "../../db/migrate-lock.ts";
import { nodeState } from "../../db/schema/hospital/node.ts";
import { keyringOf, newKey, sealedUnder } from "../../server/crypto.ts";
import { type Env, readEnv } from "../../server/env.ts";
import { urlOf } from "../../server/foundation.ts";
import { createLog } from "../../server/log.ts";
import { openNodeFoundation } from "../../server/node/foundation.ts";
import { readNodeHospital } from "../../server/node/hospital.ts";
import { newSigningPair } from "../../server/sync/wire-signing.ts";
import { discard, run, scratchData } from "../boot/app.ts";
import { testCluster } from "../support/database.ts";

const dataDir = scratchData();
const keyFile = join(dataDir, "master.key");
const dataKey = newKey();
let settings: Record<string, string>;
let env: Env;

beforeAll(async () => {
  const { local } = await testCluster();
  const database = `node_${Bun.randomUUIDv7().replaceAll("-", "")}`;
  await ensureDatabase(local, database);
  settings = {
    ...{ WARDLINE_MODE: "hospital", WARDLINE_DATA: dataDir, WARDLINE_LOG: "error" },
    TENANT_PG_URL: urlOf({ ...local, database, schema: "hospital" }),
  };
  env = readEnv(settings);
  const { keyring } = await opened();
  const { publicKey, privateKey } = newSigningPair();
  await onNode((db) =>
    db.insert(nodeState).values({
      ...{ stage: "joined", ownerUrl: "http://owner.localhost", publicKey, subdomain: "ramzan" },
      ...{ nodeId: Bun.randomUUIDv7(), tenantId: Bun.randomUUIDv7(), ownerPublicKey: publicKey },
      ...{ sealedPrivateKey: keyring.seal(privateKey), sealedDataKey: keyring.seal(dataKey) },
    }),
  );
});
afterAll(() => discard(dataDir));

const opened = () => openNodeFoundation(env, createLog({ ...env, logLevel: "silent" }));

async function onNode<T>(
  work: (db: ReturnType<ReturnType<typeof createConnections>["hospital"]>["db"]) => Promise<T>,
): Promise<T> {
  const { app } = await opened();
  const connections = createConnections({ control: null });
  try {
    return await work(connections.hospital(app).db);
  } finally {
    await connections.close();
  }
}

async function command(...args: string[]): Promise<{ readonly code: number; readonly said: unknown }> {
  const child = run("server/cli/main.ts", [...args, "--json"], settings);
  const code = await child.exited;
  return { code, said: JSON.parse(child.said()) };
}

test("a server's own secrets are sealed anew with a new master key, and the former one can go", async () => {
  const former = readFileSync(keyFile, "utf8").trim();
  const newest = newKey();
  writeFileSync(keyFile, `${newest}\n${former}\n`);
  const { id: keyId } = keyringOf(newest).current;
  expect(await command("keys:rotate")).toEqual({ code: 0, said: { keyId, resealed: 2, unreadable: 0 } });
  expect(await command("keys:rotate")).toEqual({ code: 0, said: { keyId, resealed: 0, unreadable: 0 } });
  writeFileSync(keyFile, `${newest}\n`);
  expect(await command("keys:list")).toEqual({ code: 0, said: [{ keyId, state: "current", secrets: 2 }] });
  // The data key is the same as before: what the hospital sealed with it opens.
  const sealed = keyringOf(dataKey).seal("a secret of the hospital");
  const { keyring, admin, app } = await opened();
  const hospital = await onNode((db) => readNodeHospital(db, app, keyring, new Date()));
  expect(hospital.vault.unseal(sealed)).toBe("a secret of the hospital");
  const events = await withSession(
    admin,
    (session) => session<{ event: string }[]>`select event from audit_log`,
  );
  expect(events.map(({ event }) => event)).toEqual(["keys.rotated"]);
});

test("a secret under a key that is not there is told, and left as it was", async () => {
  const kept = readFileSync(keyFile, "utf8");
  const other = newKey();
  writeFileSync(keyFile, `${other}\n`);
  const { code, said } = await command("keys:rotate");
  writeFileSync(keyFile, kept);
  expect(code).toBe(1);
  expect(said).toMatchObject({ resealed: 0, unreadable: 2 });
  const [row] = await onNode((db) => db.select().from(nodeState));
  expect(sealedUnder(row?.sealedDataKey ?? "")).toBe(keyringOf(kept.trim()).current.id);
});
