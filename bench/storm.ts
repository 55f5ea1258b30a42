/**
 * `bun run bench:storm`: how much slower a list of patients is while fifty people sign in at once. Prints one
 * line a figure: name, value, unit, apart by tabs. `storm-p95-ratio` may be 2 at most.
 */
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { operators } from "../db/schema/control/operators.ts";
import { hashPassword } from "../server/auth/passwords.ts";
import { benchAdmin, openStand } from "./support/stand.ts";
import type { Storm } from "./support/storm-people.ts";

const { email, password } = benchAdmin;
const atOnce = 50;
const storms = 5;
const host = "storm.localhost";

const figure = (name: string, value: number, unit: string, digits = 2) =>
  console.log(`${name}\t${value.toFixed(digits)}\t${unit}`);
const percentile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? 0;

const stand = await openStand();
try {
  const call = async (at: string, path: string, body: unknown, token: string | null) => {
    const headers: Record<string, string> = { host: at };
    if (body !== null) headers["content-type"] = "application/json";
    if (token !== null) headers["authorization"] = `Bearer ${token}`;
    return fetch(`http://127.0.0.1:${stand.port}${path}`, {
      method: body === null ? "GET" : "POST",
      headers,
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    });
  };
  const tokenAt = async (at: string, path: string): Promise<string> => {
    const answer = await call(at, path, { email, password }, null);
    return ((await answer.json()) as { accessToken: string }).accessToken;
  };
  const { db } = stand.services.connections.control;
  await db.delete(operators).where(eq(operators.email, email));
  const passwordHash = await hashPassword(password);
  await db.insert(operators).values({ email, name: "Bench", passwordHash, role: "super-admin" });
  const owner = await tokenAt("owner.localhost", "/api/v1/owner/auth/login");
  const made = await call(
    "owner.localhost",
    "/api/v1/owner/tenants",
    {
      ...{ companyName: "Storm Hospital", subdomain: "storm", tenantDbName: "storm", region: "local" },
      ...{ plan: "enterprise", firstAdmin: benchAdmin },
    },
    owner,
  );
  if (!made.ok) throw new Error(`The hospital was not made: ${await made.text()}`);
  const token = await tokenAt(host, "/api/v1/tenant/auth/login");
  for (let n = 0; n < 200; n += 1) {
    const patient = { firstName: "Bench", lastName: `Patient ${n}`, sex: "female", bornOn: "1980-01-01" };
    await call(host, "/api/v1/tenant/patients", patient, token);
  }

  /** Two people list patients one page after another, as they would, until told to stop. */
  const list = async (until: () => boolean): Promise<readonly number[]> => {
    const took: number[] = [];
    const one = async () => {
      while (!until()) {
        const started = performance.now();
        const answer = await call(host, "/api/v1/tenant/patients?limit=20", null, token);
        await answer.arrayBuffer();
        if (answer.status !== 200) throw new Error(`The list answered ${answer.status}.`);
        took.push(performance.now() - started);
        await Bun.sleep(5);
      }
    };
    await Promise.all([one(), one()]);
    return took;
  };

  let over = Promise.withResolvers<Storm>();
  const people = Bun.spawn(
    [
      process.execPath,
      join(import.meta.dir, "support/storm-people.ts"),
      `http://127.0.0.1:${stand.port}/api/v1/tenant/auth/login`,
      ...[host, email, password, String(atOnce)],
    ],
    { stdio: ["ignore", "ignore", "inherit"], ipc: (storm: Storm) => over.resolve(storm) },
  );
  await list(untilAfter(1_000));
  const alone = await list(untilAfter(4_000));
  const during: number[] = [];
  let signedIn = 0;
  let stormMs = 0;
  for (let storm = 0; storm < storms; storm += 1) {
    over = Promise.withResolvers<Storm>();
    let isOver = false;
    const listing = list(() => isOver);
    people.send("sign in");
    const { signIns, took } = await over.promise;
    isOver = true;
    stormMs += took;
    signedIn += signIns;
    during.push(...(await listing));
    await Bun.sleep(200);
  }
  people.disconnect();
  if (signedIn !== atOnce * storms) throw new Error(`Only ${signedIn} of ${atOnce * storms} got in.`);
  figure("list-p95-alone-ms", percentile(alone, 0.95), "ms");
  figure("list-p95-storm-ms", percentile(during, 0.95), "ms");
  figure("storm-p95-ratio", percentile(during, 0.95) / percentile(alone, 0.95), "ratio");
  figure("storm-signins", signedIn / (stormMs / 1000), "a second", 1);
} finally {
  await stand.close();
}
process.exit(0);

function untilAfter(ms: number): () => boolean {
  const end = performance.now() + ms;
  return () => performance.now() >= end;
}
