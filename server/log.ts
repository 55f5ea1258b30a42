import pino from "pino";
import type { Env } from "./env.ts";

export type Log = pino.Logger;

/** Keys whose values never reach a log, wherever in the logged object's first levels they are. */
const secrets = [
  "password",
  "passwordHash",
  "secret",
  "token",
  "accessToken",
  "refreshToken",
  "authorization",
  "cookie",
  "masterKey",
  "dataKey",
  "apiKey",
];
const redact = {
  paths: secrets.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `req.headers.${key}`]),
  censor: "[hidden]",
};

const levels: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "",
  40: "warning",
  50: "error",
  60: "fatal",
};

/** One line a person can read, made from pino's JSON line. */
function readable(line: string): string {
  const {
    level,
    time,
    msg,
    pid: _pid,
    hostname: _host,
    name: _name,
    err,
    ...rest
  } = JSON.parse(line) as Record<string, unknown>;
  const clock = new Date(time as number).toTimeString().slice(0, 8);
  const facts = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  const fault = err as { message?: string; stack?: string } | undefined;
  const parts = [clock, levels[level as number] ?? "", msg, ...facts].filter(
    (part) => part !== undefined && part !== "",
  );
  return `${parts.join(" ")}${fault === undefined ? "" : `\n  ${fault.stack ?? fault.message ?? ""}`}\n`;
}

/**
 * The process's log: JSON lines, or readable ones where a person looks on. No patient data belongs in it.
 * A command logs to standard error (`fd` 2): standard output is its answer.
 */
export function createLog(env: Pick<Env, "logLevel">, fd: 1 | 2 = 1): Log {
  const options: pino.LoggerOptions = {
    level: env.logLevel,
    redact,
    base: { name: "wardline", pid: process.pid },
  };
  const stream = fd === 1 ? process.stdout : process.stderr;
  if (!stream.isTTY) return pino(options, pino.destination({ fd, sync: true }));
  return pino(options, { write: (line: string) => stream.write(readable(line)) });
}
