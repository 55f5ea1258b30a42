import { join, resolve } from "node:path";

/** The settings of one process, read once at the start and passed down; nothing else reads `process.env`. */
export interface Env {
  /** `all`: everything here, databases embedded. `owner`: the data centre. `hospital`: one hospital, on site. */
  readonly mode: "all" | "owner" | "hospital";
  /** Which half of the work this process does. */
  readonly role: "all" | "web" | "worker";
  /** Demo hospitals and the demo password exist only where this is true. */
  readonly demo: boolean;
  /** The password of every demo account; null: made at the first start and printed. */
  readonly demoPassword: string | null;
  readonly port: number;
  /** Whether PORT was asked for by name (then a taken port is an error, not a reason to take the next). */
  readonly portIsFixed: boolean;
  readonly listenOn: string;
  /** Embedded databases, keys, uploads. */
  readonly dataDir: string;
  /** Where the copies of hospitals' files lie: another disk or machine, if one is mounted there. */
  readonly filesCopyDir: string;
  /** `owner.<base>` and `<subdomain>.<base>` are the hosts. */
  readonly baseDomain: string;
  /** Control database as its owner (direct, may migrate). Null: embedded. */
  readonly databaseUrl: string | null;
  /** Server that holds online copies, as a role that may create databases and roles. Null: embedded. */
  readonly onlineDatabaseUrl: string | null;
  readonly redisUrl: string | null;
  /** 64 hex digits; null: read from, or made in, `<dataDir>/master.key` (embedded mode only). */
  readonly masterKey: string | null;
  /** Master keys before the current one, newest first: they still open what they sealed. */
  readonly formerMasterKeys: readonly string[];
  /** In `hospital` mode: which one; left out, the one that this server joined for. */
  readonly tenantId: string | null;
  /** In `hospital` mode: the hospital's own database, as a role that owns it and may create roles. Null: embedded. */
  readonly tenantPgUrl: string | null;
  /** `smtp://user:password@host:587`, or null: mail waits, and in a demonstration lies in the mailbox page. */
  readonly smtpUrl: string | null;
  /** Who mail is from. */
  readonly mailFrom: string;
  /** The address of the whole as people reach it, for links in mail: `https://wardline.example`. Null: from the base domain. */
  readonly publicUrl: string | null;
  /** Addresses of proxies whose X-Forwarded-* headers count. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: string;
}

/** A setting that cannot be used, named, with what it should be. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
  otherwise: T,
): T {
  if (value === undefined || value === "") return otherwise;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined)
    throw new EnvError(`${name} is "${value}"; it must be one of ${allowed.join(", ")}.`);
  return found;
}

function addressOf(name: string, value: string | undefined, scheme: RegExp, like: string): string | null {
  if (value === undefined || value === "") return null;
  const parsed = URL.canParse(value) ? new URL(value) : null;
  // The value is not repeated: it may hold a password.
  if (parsed === null || !scheme.test(parsed.protocol)) throw new EnvError(`${name} must look like ${like}.`);
  return value;
}

function listed(value: string | undefined): readonly string[] {
  return (value ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

function port(value: string | undefined): number {
  if (value === undefined || value === "") return 3000;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 65535)
    throw new EnvError(`PORT is "${value}"; it must be a whole number from 1 to 65535.`);
  return number;
}

/**
 * Reads the environment. `arguments_` are the command's own (`--no-demo`).
 * @throws EnvError naming the variable.
 */
export function readEnv(source: Record<string, string | undefined>, arguments_: readonly string[] = []): Env {
  const mode = oneOf("WARDLINE_MODE", source["WARDLINE_MODE"], ["all", "owner", "hospital"], "all");
  const masterKey = source["WARDLINE_MASTER_KEY"] || null;
  if (masterKey !== null && !/^[0-9a-f]{64}$/i.test(masterKey))
    throw new EnvError("WARDLINE_MASTER_KEY must be 64 hexadecimal digits (openssl rand -hex 32).");
  const formerMasterKeys = listed(source["WARDLINE_MASTER_KEY_PREVIOUS"]);
  if (formerMasterKeys.some((key) => !/^[0-9a-f]{64}$/i.test(key)))
    throw new EnvError(
      "WARDLINE_MASTER_KEY_PREVIOUS lists keys of 64 hexadecimal digits, with commas between.",
    );
  const databaseUrl = source["DATABASE_URL"] || null;
  if (databaseUrl !== null && masterKey === null)
    throw new EnvError(
      "With DATABASE_URL, set WARDLINE_MASTER_KEY too (openssl rand -hex 32): it seals the hospitals' credentials.",
    );
  const dataDir = resolve(source["WARDLINE_DATA"] || ".data");
  return {
    mode,
    role: oneOf("WARDLINE_ROLE", source["WARDLINE_ROLE"], ["all", "web", "worker"], "all"),
    demo:
      mode === "all" &&
      databaseUrl === null &&
      !arguments_.includes("--no-demo") &&
      source["WARDLINE_DEMO"] !== "0",
    demoPassword: source["WARDLINE_DEMO_PASSWORD"] || null,
    port: port(source["PORT"]),
    portIsFixed: Boolean(source["PORT"]),
    listenOn: source["WARDLINE_LISTEN"] || "0.0.0.0",
    dataDir,
    filesCopyDir: resolve(source["WARDLINE_FILES_COPY"] || join(dataDir, "files", "online")),
    baseDomain: (source["WARDLINE_BASE_DOMAIN"] || "localhost").toLowerCase(),
    databaseUrl,
    onlineDatabaseUrl: source["ONLINE_DATABASE_URL"] || null,
    redisUrl: source["REDIS_URL"] || null,
    masterKey,
    formerMasterKeys,
    tenantId: source["TENANT_ID"] || null,
    tenantPgUrl: source["TENANT_PG_URL"] || null,
    smtpUrl: addressOf("SMTP_URL", source["SMTP_URL"], /^smtps?:$/, "smtp://user:password@host:587"),
    mailFrom:
      source["MAIL_FROM"] ||
      `Wardline <wardline@${(source["WARDLINE_BASE_DOMAIN"] || "localhost").toLowerCase()}>`,
    publicUrl: addressOf(
      "WARDLINE_PUBLIC_URL",
      source["WARDLINE_PUBLIC_URL"],
      /^https?:$/,
      "https://wardline.example",
    ),
    trustedProxies: listed(source["WARDLINE_TRUSTED_PROXIES"]),
    logLevel: source["WARDLINE_LOG"] || "info",
  };
}
