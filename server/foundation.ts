import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { databaseExists, ensureDatabase, ensureRole } from "../db/databases.ts";
import { borrowEmbedded, type Embedded, startEmbedded } from "../db/embedded.ts";
import { writeOnce } from "../db/embedded-reach.ts";
import { migrate } from "../db/migrate.ts";
import type { Place } from "../db/planes.ts";
import { deriveKey, randomSecret } from "./crypto.ts";
import type { Env } from "./env.ts";
import { AppError } from "./errors.ts";
import type { Log } from "./log.ts";

/** What a process stands on before it has services: the master key and the control database, migrated. */
export interface Foundation {
  /** 64 hex digits. */
  readonly masterKey: string;
  /** The control database as its owner. */
  readonly control: Place;
  /** Servers that may hold hospitals' primaries and online copies, as roles that may create databases; null: none told. */
  readonly servers: { readonly local: Place | null; readonly online: Place | null };
  /** Stops the embedded databases, where this process started them. */
  close(): Promise<void>;
}

/** The schema of the control plane's tables. */
export const controlSchema = "control";
const controlName = "wardline_control";

/** Reads `postgres://user:password@host:port/database`. @throws AppError invalid naming the variable. */
export function placeOf(url: string, schema: string, variable: string): Place {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol) || parsed.pathname.length < 2)
    throw new AppError(
      "invalid",
      "env.invalid",
      `${variable} must look like postgres://user:password@host:5432/database.`,
    );
  return {
    host: parsed.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(parsed.port || 5432),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    schema,
  };
}

/** A place as an address, for those that take nothing else. */
export function urlOf({ host, port, database, user, password }: Place): string {
  const server = host.includes(":") ? `[${host}]` : host;
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${server}:${port}/${encodeURIComponent(database)}`;
}

/** The key that seals every other secret: from the environment, or made once and kept. It is on disk before it is used. */
async function masterKeyOf(env: Env, admin: Place | null): Promise<string> {
  if (env.masterKey !== null) return env.masterKey.toLowerCase();
  const file = join(env.dataDir, "master.key");
  if (!existsSync(file)) {
    if (admin !== null && (await databaseExists(admin, controlName)))
      throw new AppError(
        "unavailable",
        "master-key.missing",
        `${file} is missing: without it the hospitals' credentials cannot be read. Put it back, or set WARDLINE_MASTER_KEY.`,
      );
    writeOnce(file, `${randomBytes(32).toString("hex")}\n`);
  }
  const key = readFileSync(file, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(key))
    throw new AppError(
      "unavailable",
      "master-key.damaged",
      `${file} does not hold a key of 64 hexadecimal digits.`,
    );
  return key;
}

/**
 * Opens the databases: the embedded ones, started or (for a command, `borrow`) those of an app that runs, or
 * those the environment names. Then brings the control database up to date.
 * @throws AppError saying what to change
 */
export async function openFoundation(
  env: Env,
  log: Log,
  options: { readonly borrow?: boolean } = {},
): Promise<Foundation> {
  if (env.databaseUrl !== null) {
    const control = placeOf(env.databaseUrl, controlSchema, "DATABASE_URL");
    const online =
      env.onlineDatabaseUrl === null ? null : placeOf(env.onlineDatabaseUrl, "public", "ONLINE_DATABASE_URL");
    await migrate(control, "control");
    return {
      masterKey: await masterKeyOf(env, null),
      control,
      servers: { local: null, online },
      close: async () => {},
    };
  }
  const open = options.borrow ? borrowEmbedded : startEmbedded;
  const embedded: Embedded = await open({ dataDir: env.dataDir, log });
  try {
    const masterKey = await masterKeyOf(env, embedded.local);
    const control = await openControl(embedded.local, masterKey);
    return { masterKey, control, servers: embedded, close: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

async function openControl(admin: Place, masterKey: string): Promise<Place> {
  const password = deriveKey(masterKey, "control-database").toString("base64url");
  await ensureRole(admin, controlName, password);
  await ensureDatabase(admin, controlName, { owner: controlName });
  const control: Place = {
    ...admin,
    database: controlName,
    user: controlName,
    password,
    schema: controlSchema,
  };
  await migrate(control, "control");
  return control;
}

/** The password of all demo accounts: the one asked for, else made at the first start and kept. */
export function demoPasswordOf(env: Env): string {
  if (env.demoPassword !== null) return env.demoPassword;
  const file = join(env.dataDir, "demo-password");
  if (!existsSync(file)) writeOnce(file, `ward-${randomSecret(9)}\n`);
  return readFileSync(file, "utf8").trim();
}
