import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eq } from "drizzle-orm";
import { nodes } from "../../db/schema/control/nodes.ts";
import { files } from "../../db/schema/hospital/files.ts";
import { createApp } from "../../server/app.ts";
import { joinHospital, ownerFor } from "../../server/bridge/on-site.ts";
import { systemClock } from "../../server/clock.ts";
import { checkFiles, fetchFiles, sendFiles } from "../../server/files/channel.ts";
import type { FileName } from "../../server/files/folder.ts";
import { filesHere } from "../../server/files/sides.ts";
import { filesBehind } from "../../server/node/files.ts";
import { createOwnerLink, type OwnerLink } from "../../server/node/owner-link.ts";
import { createNodeToken } from "../../server/owner/nodes/tokens.ts";
import { newBoxPair, newSigningPair } from "../../server/sync/wire-signing.ts";
import { type TestApp, type TestHospital, testApp } from "../support/app.ts";
import { type Proxy as LinkProxy, startProxy } from "../support/proxy.ts";
import { nameOf, ownOf, scratchFolder, someBytes } from "./support.ts";

setDefaultTimeout(120_000);

let owner: TestApp;
let hospital: TestHospital;
let server: ReturnType<typeof Bun.serve>;
let proxy: LinkProxy;
let link: OwnerLink;
let nodeId: string;
const here = scratchFolder();
const contents = [200, 900_000, 2_600_000, 1_048_576].map(someBytes);
const all = contents.map(nameOf);
const turn = { budgetMs: 60_000 };

const there = () => filesHere(owner.services.env, hospital.id);
/** The rows as they would have arrived before. */
const rowsOf = (named: readonly FileName[]) =>
  hospital.system().write(async (tx) => {
    for (const file of named)
      await tx
        .insert(files)
        .values({ ...file, mediaType: "image/png" })
        .onConflictDoNothing();
  });

beforeAll(async () => {
  owner = await testApp();
  hospital = await owner.newHospital();
  const services = { ...owner.services, clock: systemClock };
  const app = createApp(services);
  server = Bun.serve({
    ...{ port: 0, fetch: (request, peer) => app.handle(request, peer.requestIP(request)?.address ?? null) },
  });
  proxy = await startProxy({ host: "127.0.0.1", port: server.port ?? 0 });
  const pair = newSigningPair();
  const { token } = await createNodeToken(ownerFor(services, "tests"), hospital.id);
  const joined = await joinHospital(services, {
    ...{ token, publicKey: pair.publicKey, boxKey: newBoxPair().publicKey, name: "ward server" },
    address: null,
  });
  nodeId = joined.nodeId;
  link = createOwnerLink({
    ...{ ownerUrl: `http://owner.localhost:${proxy.port}`, nodeId, privateKey: pair.privateKey },
  });
  for (const content of contents) await here.folder.keep(nameOf(content), content);
});
afterAll(async () => {
  proxy.stop();
  await server.stop(true);
  here.remove();
});

test("a server that has not taken over sends no file", async () => {
  await rowsOf(all);
  const own = ownOf(here.folder, all);
  await expect(sendFiles(own, filesBehind(link), turn)).rejects.toMatchObject({ code: "sync.fenced" });
  await expect(filesBehind(link).sweep()).rejects.toMatchObject({ code: "sync.fenced" });
  await owner.services.connections.control.db
    .update(nodes)
    .set({ status: "active", incarnation: Bun.randomUUIDv7(), activeAt: new Date() })
    .where(eq(nodes.id, nodeId));
});

test("with the line cut at random bytes, every file arrives whole", async () => {
  const own = ownOf(here.folder, all);
  const total = contents.reduce((sum, { length }) => sum + length, 0);
  let tries = 0;
  let carried = 0;
  for (; tries < 200; tries += 1) {
    // Early cuts hit the question, late ones the piece or its answer.
    if (tries % 3 !== 2) proxy.truncateAfter(1 + Math.floor(Math.random() * 400_000));
    else proxy.resetAfter(300 + Math.floor(Math.random() * 3_000));
    const away = filesBehind(link);
    const sent = await sendFiles(
      own,
      {
        ...away,
        take: (file, offset, piece, sum) => {
          carried += piece.length;
          return away.take(file, offset, piece, sum);
        },
      },
      turn,
    ).catch(() => null);
    proxy.heal();
    if (sent !== null && own.copied.size === all.length) break;
  }
  expect(own.copied.size).toBe(all.length);
  for (const { sha256 } of all) expect(await there().isSound(sha256)).toBe(true);
  console.log(`files over a cut line: ${tries} cuts, ${(carried / total).toFixed(2)} times the bytes`);
  expect(await checkFiles(own, filesBehind(link))).toEqual({ named: 4, copied: 4, missing: 0 });
});

test("a server that joins, or has lost its disk, fetches them the same way", async () => {
  const fresh = scratchFolder();
  const own = ownOf(fresh.folder, all);
  let ended = null;
  for (let tries = 0; tries < 100 && ended === null; tries += 1) {
    if (tries % 3 !== 2) proxy.resetAfter(1 + Math.floor(Math.random() * 2_000_000));
    ended = await fetchFiles(own, filesBehind(link), turn).catch(() => null);
    proxy.heal();
  }
  expect(ended).toMatchObject({ missing: 0, more: false });
  for (const { sha256 } of all) expect(await fresh.folder.isSound(sha256)).toBe(true);
  const nowhere = ownOf(fresh.folder, [nameOf(someBytes(4))]);
  expect(await fetchFiles(nowhere, filesBehind(link), turn)).toMatchObject({ files: 0, missing: 1 });
  fresh.remove();
});

test("nothing is taken that no row names, and what is named no more is swept away", async () => {
  const stranger = someBytes(50);
  const away = filesBehind(link);
  expect(await away.arrived([nameOf(stranger)])).toEqual([null]);
  const { sha256 } = nameOf(stranger);
  await expect(away.take(nameOf(stranger), 0, stranger, sha256)).rejects.toMatchObject({
    code: "files.unnamed",
  });
  const [first] = all;
  await hospital.system().write((tx) => tx.delete(files).where(eq(files.sha256, first?.sha256 ?? "")));
  expect(await away.sweep()).toBe(1);
  expect(await there().sizeOf(first?.sha256 ?? "")).toBeNull();
  expect(await there().isSound(all[1]?.sha256 ?? "")).toBe(true);
});

test("a message that is none is refused, and reaches no path", async () => {
  const refused = (path: string, value: unknown) =>
    link.send(`/files${path}`, JSON.stringify(value)).then(
      () => "taken",
      (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
    );
  const file = { sha256: "../../etc/passwd", bytes: 10 };
  expect(await refused("/state", { files: [file] })).toBe("input.invalid");
  expect(await refused("/source", { ...file, offset: 0 })).toBe("input.invalid");
  expect(await refused("/pieces", { ...file, offset: 0, sum: "x", piece: "AAAA" })).toBe("input.invalid");
  expect(await refused("/pieces", [])).toBe("input.invalid");
  const answer = await owner.client("owner.localhost").send("/api/v1/sync/files/state", { json: {} });
  expect(answer.status).toBe(401);
});
