import { beforeAll, expect, test } from "bun:test";
import { signedDocumentOf } from "../../server/bridge/node-document.ts";
import { joinHospital, ownerFor } from "../../server/bridge/on-site.ts";
import { readDocument } from "../../server/node/document.ts";
import { revokeNode } from "../../server/owner/nodes/nodes.ts";
import { ownerSigningKey } from "../../server/owner/nodes/signing-key.ts";
import { createNodeToken } from "../../server/owner/nodes/tokens.ts";
import {
  type KeyPair,
  newBoxPair,
  newSigningPair,
  openLocked,
  signedText,
  signText,
  wireHeaders,
} from "../../server/sync/wire-signing.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";

let owner: TestApp;
let hospital: TestHospital;
let pair: KeyPair;
let nodeId: string;

beforeAll(async () => {
  owner = await testApp();
  hospital = await owner.newHospital();
  pair = newSigningPair();
  const box = newBoxPair();
  const { token } = await createNodeToken(ownerFor(owner.services, "tests"), hospital.id);
  const asked = {
    token,
    publicKey: pair.publicKey,
    boxKey: box.publicKey,
    name: "ward server",
    address: null,
  };
  const joined = await joinHospital(owner.services, asked);
  nodeId = joined.nodeId;
  expect(openLocked(box.privateKey, joined.lockedDataKey)).toMatch(/^[0-9a-f]{64}$/);
  // The answer was lost: the same server asks again and is told the same; another one is not.
  expect((await joinHospital(owner.services, asked)).nodeId).toBe(nodeId);
  const other = joinHospital(owner.services, { ...asked, publicKey: newSigningPair().publicKey });
  await expect(other).rejects.toMatchObject({ code: "node.token-refused" });
}, 120_000);

function signed(
  path: string,
  body: string,
  changes: { time?: number; key?: string } = {},
): Record<string, string> {
  const time = String(changes.time ?? owner.clock.now().getTime());
  const nonce = Bun.randomUUIDv7().replaceAll("-", "");
  const text = signedText({
    method: "POST",
    address: path,
    time,
    nonce,
    body: new TextEncoder().encode(body),
  });
  return {
    [wireHeaders.node]: nodeId,
    [wireHeaders.time]: time,
    [wireHeaders.nonce]: nonce,
    [wireHeaders.signature]: signText(changes.key ?? pair.privateKey, text),
  };
}

const path = "/api/v1/sync/source/tables";
const send = async (headers: Record<string, string>, body = "{}", to = path) => {
  const response = await owner.client("owner.localhost").send(to, { method: "POST", headers, body });
  return { status: response.status, code: ((await response.json()) as { code?: string }).code };
};

test("a signed request is answered once; the same again is refused", async () => {
  const headers = signed(path, "{}");
  expect((await send(headers)).status).toBe(200);
  expect(await send(headers)).toEqual({ status: 401, code: "node.replayed" });
});

test("a request that was altered, signed by another key, or is old is refused", async () => {
  expect(await send(signed(path, "{}"), '{"a":1}')).toEqual({ status: 401, code: "node.unknown" });
  expect(await send(signed(path, "{}"), "{}", "/api/v1/sync/source/sequences")).toEqual({
    status: 401,
    code: "node.unknown",
  });
  const forged = signed(path, "{}", { key: newSigningPair().privateKey });
  expect(await send(forged)).toEqual({ status: 401, code: "node.unknown" });
  const old = signed(path, "{}", { time: owner.clock.now().getTime() - 3_600_000 });
  expect(await send(old)).toEqual({ status: 401, code: "node.clock" });
});

test("a server that has not taken over sends nothing", async () => {
  const body = JSON.stringify({ incarnation: "01980000-0000-7000-8000-000000000000" });
  const hands = "/api/v1/sync/hands";
  expect(await send(signed(hands, body), body, hands)).toEqual({ status: 409, code: "sync.fenced" });
});

test("a document is taken from the owner alone, as it was signed", async () => {
  const plane = ownerFor(owner.services, "tests");
  const document = await signedDocumentOf(plane, hospital.id);
  const { publicKey } = await ownerSigningKey(plane);
  expect(readDocument(document, publicKey)?.tenantId).toBe(hospital.id);
  expect(
    readDocument({ ...document, text: document.text.replace("enterprise", "unlimited") }, publicKey),
  ).toBeNull();
  expect(readDocument(document, newSigningPair().publicKey)).toBeNull();
});

test("a revoked server is refused", async () => {
  await revokeNode(ownerFor(owner.services, "tests"), hospital.id, nodeId);
  expect(await send(signed(path, "{}"))).toEqual({ status: 403, code: "node.revoked" });
});
