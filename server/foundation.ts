import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { databaseExists, ensureDatabase, ensureRole } from "../db/databases.ts";
import { borrowEmbedded, type Embedded, startEmbedded } from "../db/embedded.ts";
import { writeOnce } from "../db/embedded-reach.ts";
import { migrate } from "../db/migrate.ts";
import type { Place } from "../db/planes.ts";
import { type Keyring, keyringOf, newKey, randomSecret } from "./crypto.ts";
import type { Env } from "./env.ts";
import { AppError } from "./errors.ts";
import type { Log } from "./log.ts";

/** What a process stands on before it has services: the master keys and the control database, migrated. */
export interface Foundation {
  /** The master key and those before it. */
  readonly keyring: Keyring;
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

/**
 * The keys that seal every other secret, newest first: from the environment, or from a file with a key a line,
 * made once. A key is on disk before it is used.
 */
export async function keyringIn(env: Env, sealsSomething: () => Promise<boolean>): Promise<Keyring> {
  const { masterKey, formerMasterKeys } = env;
  if (masterKey !== null)
    return keyringOf(masterKey.toLowerCase(), ...formerMasterKeys.map((key) => key.toLowerCase()));
  const file = join(env.dataDir, "master.key");
  if (!existsSync(file)) {
    if (await sealsSomething())
      throw new AppError(
        "unavailable",
        "master-key.missing",
        `${file} is missing: without it the hospitals' credentials cannot be read. Put it back, or set WARDLINE_MASTER_KEY.`,
      );
    writeOnce(file, `${newKey()}\n`);
  }
  const [newest, ...former] = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  if (newest === undefined || ![newest, ...former].every((key) => /^[0-9a-f]{64}$/.test(key)))
    throw new AppError(
      "unavailable",
      "master-key.damaged",
      `${file} does not hold keys of 64 hexadecimal digits, one a line.`,
    );
  return keyringOf(newest, ...former, ...formerMasterKeys.map((key) => key.toLowerCase()));
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
      keyring: await keyringIn(env, async () => false),
      control,
      servers: { local: null, online },
      close: async () => {},
    };
  }
  const open = options.borrow ? borrowEmbedded : startEmbedded;
  const embedded: Embedded = await open({ dataDir: env.dataDir, log });
  try {
    const keyring = await keyringIn(env, () => databaseExists(embedded.local, controlName));
    const control = await openControl(embedded.local, keyring);
    return { keyring, control, servers: embedded, close: () => embedded.stop() };
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

async function openControl(admin: Place, keyring: Keyring): Promise<Place> {
  // By the oldest key: a command that has read a newer one must not shut out the app that runs.
  const oldest = keyring.keys.at(-1) ?? keyring.current;
  const password = oldest.derive("control-database").toString("base64url");
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
