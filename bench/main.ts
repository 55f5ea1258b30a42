/**
 * `bun run bench`: the whole app against a bare Elysia handler that runs the same SQL, on 10,000 patients, in
 * one run. Prints one line a figure: name, value, unit, apart by tabs. Above 1 the app is the faster.
 */
import { eq } from "drizzle-orm";
import { openClient } from "../db/connect.ts";
import { operators } from "../db/schema/control/operators.ts";
import { tenants } from "../db/schema/control/tenants.ts";
import { createApp } from "../server/app.ts";
import { hashPassword } from "../server/auth/passwords.ts";
import type { BareTask } from "./support/bare.ts";
import { fillPatients } from "./support/patients.ts";
import { benchAdmin, openStand, residentMegabytes, type Stand } from "./support/stand.ts";
import { freshOf, statementsOf } from "./support/statements.ts";
import { type Load, load, type Shot } from "./support/wire.ts";

const quick = process.argv.includes("--quick");
/** `bun run bench list-html read-html`: those pairs alone, and nothing is provisioned for its time. */
const only = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
/** Short turns, many of them: what else the machine does falls on both sides alike. */
const seconds = quick ? 0.5 : 1;
const rounds = quick ? 1 : 11;
const provisioned = only.length > 0 ? 1 : quick ? 3 : 20;
const patients = 10_000;
const connections = 8;
const { email, password } = benchAdmin;

const figure = (name: string, value: number, unit: string, digits = 2) =>
  console.log(`${name}\t${value.toFixed(digits)}\t${unit}`);
const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const percentile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? 0;

async function post(
  stand: Stand,
  host: string,
  path: string,
  body: unknown,
  token: string | null,
): Promise<Record<string, unknown>> {
  const headers = {
    host,
    "content-type": "application/json",
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  const answer = await fetch(`http://127.0.0.1:${stand.port}${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

/** Creates hospitals one after another and times each whole call. Answers the first one's subdomain. */
async function provision(stand: Stand, ownerToken: string): Promise<string> {
  const took: number[] = [];
  for (let n = 0; n < provisioned; n += 1) {
    const started = performance.now();
    await post(
      stand,
      "owner.localhost",
      "/api/v1/owner/tenants",
      {
        companyName: `Bench Hospital ${n}`,
        subdomain: `bench-${n}`,
        tenantDbName: `bench_${n}`,
        region: "local",
        plan: "enterprise",
        firstAdmin: benchAdmin,
      },
      ownerToken,
    );
    took.push(performance.now() - started);
  }
  figure("provision-p50-ms", percentile(took, 0.5), "ms", 0);
  figure("provision-p95-ms", percentile(took, 0.95), "ms", 0);
  return "bench-0";
}

async function main(): Promise<void> {
  const stand = await openStand();
  let bare: Bun.Subprocess<"ignore", "pipe", "inherit"> | null = null;
  try {
    await Bun.sleep(quick ? 500 : 5_000);
    figure("rest-memory-mb", residentMegabytes(stand.pid), "MB", 0);
    const { control } = stand.services.connections;
    await control.db
      .insert(operators)
      .values({ email, name: "Bench", passwordHash: await hashPassword(password), role: "super-admin" });
    const owner = await post(stand, "owner.localhost", "/api/v1/owner/auth/login", { email, password }, null);
    const subdomain = await provision(stand, String(owner["accessToken"]));
    const [tenant] = await control.db.select().from(tenants).where(eq(tenants.subdomain, subdomain));
    const hospital = tenant === undefined ? null : await stand.services.resolver.hospitalById(tenant.id);
    if (hospital === null || stand.foundation.servers.local === null)
      throw new Error("The bench's hospital is not there.");
    const admin = {
      ...stand.foundation.servers.local,
      database: hospital.place.database,
      schema: hospital.place.schema,
    };
    const filled = await fillPatients(
      openClient(admin, { max: 1, connection: { statement_timeout: 0 } }),
      patients,
    );

    const host = `${subdomain}.localhost`;
    const login = await post(stand, host, "/api/v1/tenant/auth/login", { email, password }, null);
    const token = String(login["accessToken"]);
    const signIn = await fetch(`http://127.0.0.1:${stand.port}/sign-in`, {
      method: "POST",
      headers: { host },
      body: new URLSearchParams({ email, password }),
      redirect: "manual",
    });
    const cookie = signIn.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const api = { authorization: `Bearer ${token}` };
    const registration = () =>
      JSON.stringify({
        firstName: "Bench",
        lastName: Bun.randomUUIDv7().slice(-12),
        sex: "female",
        bornOn: "1990-05-17",
      });

    const inside = createApp(stand.services);
    const ask = (path: string, init: RequestInit = {}) =>
      inside.handle(
        new Request(`http://${host}${path}`, {
          ...init,
          headers: { host, ...api, "content-type": "application/json" },
        }),
        "127.0.0.1",
      );
    await ask("/api/v1/tenant/patients");
    const list = await statementsOf(stand.heard, () => ask("/api/v1/tenant/patients"));
    const read = await statementsOf(stand.heard, () => ask(`/api/v1/tenant/patients/${filled.someId}`));
    // That this record was looked at is written a moment later, and is no part of a registration.
    await Bun.sleep(500);
    const create = await statementsOf(stand.heard, () =>
      ask("/api/v1/tenant/patients", { method: "POST", body: registration() }),
    );
    const made = (await create.response.json()) as { id: string; mrn: string };
    const task: BareTask = {
      place: hospital.place,
      list: list.statements,
      read: read.statements,
      create: create.statements.filter(({ text }) => !/^\s*(begin|commit|savepoint|release)/i.test(text)),
      fresh: freshOf(create.statements, made),
      passwordHash: await hashPassword(password),
    };
    bare = Bun.spawn([process.execPath, "bench/support/bare.ts", JSON.stringify(task)], {
      stdout: "pipe",
      stderr: "inherit",
      stdin: "ignore",
    });
    const reader = bare.stdout.getReader();
    const barePort = Number(new TextDecoder().decode((await reader.read()).value).trim());

    const get = (path: string, headers: Record<string, string>): Shot => ({
      method: "GET",
      path,
      headers,
      body: null,
    });
    const send = (path: string, headers: Record<string, string>, body: () => string): Shot => ({
      method: "POST",
      path,
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
    const credentials = () => JSON.stringify({ email, password });
    const pairs: readonly (readonly [string, Shot, Shot, number])[] = [
      ["list-json", get("/api/v1/tenant/patients", api), get("/list", {}), 200],
      ["list-html", get("/patients", { cookie }), get("/list.html", {}), 200],
      ["read-json", get(`/api/v1/tenant/patients/${filled.someId}`, api), get("/read", {}), 200],
      ["read-html", get(`/patients/${filled.someId}`, { cookie }), get("/read.html", {}), 200],
      ["create", send("/api/v1/tenant/patients", api, registration), send("/create", {}, () => "{}"), 201],
      ["signin", send("/api/v1/tenant/auth/login", {}, credentials), send("/verify", {}, credentials), 200],
    ];
    for (const [name, whole, alone, expect] of pairs) {
      if (only.length > 0 && !only.includes(name)) continue;
      const rates: { whole: number[]; bare: number[] } = { whole: [], bare: [] };
      const sound = (one: Load) => {
        if (one.wrong > 0) throw new Error(`${name}: ${one.wrong} answers were not ${expect}.`);
        return one.rate;
      };
      const at = { connections, expect };
      sound(await load(stand.port, host, whole, { ...at, seconds }));
      sound(
        await load(barePort, "localhost", alone, {
          ...at,
          seconds,
          expect: name === "signin" ? 200 : expect,
        }),
      );
      for (let round = 0; round < rounds; round += 1) {
        rates.whole.push(sound(await load(stand.port, host, whole, { ...at, seconds })));
        rates.bare.push(sound(await load(barePort, "localhost", alone, { ...at, seconds })));
      }
      const ratios = rates.whole.map((rate, round) => rate / (rates.bare[round] ?? Number.NaN));
      figure(`${name}-ratio`, middle(ratios), "of bare");
      figure(`${name}-per-second`, middle(rates.whole), "1/s", 0);
      figure(`${name}-bare-per-second`, middle(rates.bare), "1/s", 0);
    }
    figure("memory-after-load-mb", residentMegabytes(stand.pid), "MB", 0);
  } finally {
    bare?.kill();
    await stand.close();
  }
}

await main();
process.exit(0);
