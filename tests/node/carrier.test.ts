import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLog } from "../../server/log.ts";
import { type Carrier, createCarrier } from "../../server/node/carrier.ts";
import { newSigningPair } from "../../server/sync/wire-signing.ts";
import { until } from "../boot/app.ts";
import { makePair, type Pair } from "../sync/support.ts";

let pair: Pair;
let carrier: Carrier;
/** An owner's server that takes a question and never answers. */
let silent: ReturnType<typeof Bun.serve>;
let asked: () => void = () => {};

beforeAll(async () => {
  pair = await makePair();
  carrier = createCarrier(createLog({ logLevel: "silent" }));
  silent = Bun.serve({
    port: 0,
    idleTimeout: 0,
    fetch() {
      asked();
      return Promise.withResolvers<Response>().promise;
    },
  });
});
afterAll(async () => {
  await carrier.close();
  await silent.stop(true);
  await pair.close();
});

const { privateKey } = newSigningPair();
const errandTo = (port: number | undefined) => ({
  place: pair.places.primary,
  link: { ownerUrl: `http://127.0.0.1:${port}`, nodeId: Bun.randomUUIDv7(), privateKey },
});

test("without an owner to be heard a push says so", async () => {
  expect(await carrier.push(errandTo(1))).toMatchObject({ outcome: "copy-unreachable", rows: 0, lagRows: 0 });
});

test("it knows nothing of the environment of the app", () => {
  const environment = readFileSync(`/proc/${carrier.pid}/environ`, "utf8");
  const names = environment.split("\0").map((line) => line.split("=")[0]);
  expect(names.filter((name) => /WARDLINE|PG|DATABASE|SMTP|REDIS/.test(name ?? ""))).toEqual([]);
});

test("killed under a push, the push was interrupted, and the next one has a new process", async () => {
  const arrived = Promise.withResolvers<void>();
  asked = arrived.resolve;
  const pushing = carrier.push(errandTo(silent.port));
  await arrived.promise;
  const before = carrier.pid;
  process.kill(before ?? 0, "SIGKILL");
  expect(await pushing).toMatchObject({ outcome: "interrupted" });
  // The turn to push belongs to a session of the killed process, until the server has seen that it is gone.
  let outcome = "";
  await until(async () => {
    ({ outcome } = await carrier.push(errandTo(1)));
    return outcome !== "busy";
  });
  expect(outcome).toBe("copy-unreachable");
  expect(carrier.pid).not.toBe(before);
});

test("where the app is killed, it ends too", async () => {
  const app = Bun.spawn(
    [
      process.execPath,
      "-e",
      `
      import { createCarrier } from "${join(import.meta.dir, "../../server/node/carrier.ts")}";
      const carrier = createCarrier({ warn() {} });
      await carrier.push(${JSON.stringify(errandTo(1))});
      console.log(carrier.pid);
      setInterval(() => {}, 1000);`,
    ],
    { stdout: "pipe" },
  );
  const { value } = await app.stdout.getReader().read();
  const pid = Number(new TextDecoder().decode(value));
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  app.kill("SIGKILL");
  await until(() => !existsSync(`/proc/${pid}`));
});

test("closed, it is gone", async () => {
  const { pid } = carrier;
  await carrier.close();
  expect(carrier.pid).toBeNull();
  expect(existsSync(`/proc/${pid}/environ`)).toBe(false);
});
