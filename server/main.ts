import { EnvError, readEnv } from "./env.ts";
import { AppError } from "./errors.ts";
import { openFoundation } from "./foundation.ts";
import { createLifetime } from "./lifetime.ts";
import { createLog } from "./log.ts";

const help = `Usage: bin/start [--no-demo]

Starts Wardline: databases, jobs and both portals. Ctrl-C stops all of it.

  --no-demo   no demo hospitals and no demo accounts (then: bin/wardline owner:create)
  --help      this text

Environment: PORT (3000), WARDLINE_DATA (.data), WARDLINE_BASE_DOMAIN (localhost), WARDLINE_DEMO_PASSWORD,
DATABASE_URL, REDIS_URL and more: docs/operations.md.
`;

async function main(): Promise<number> {
  const given = process.argv.slice(2);
  if (given.includes("--help")) {
    process.stdout.write(help);
    return 0;
  }
  const unknown = given.find((argument) => argument !== "--no-demo");
  if (unknown !== undefined) throw new EnvError(`${unknown} is not known. bin/start --help tells what is.`);
  const env = readEnv(process.env, given);
  const log = createLog(env);
  const lifetime = createLifetime(log);
  try {
    const foundation = await openFoundation(env, log);
    lifetime.opened("databases", () => foundation.close(), 25_000);
    if (lifetime.isEnding) return 0;
    log.info({ tookMs: Math.round(performance.now()) }, "Ready");
    await lifetime.ending;
    return 0;
  } finally {
    await lifetime.close();
  }
}

try {
  process.exit(await main());
} catch (error) {
  if (error instanceof EnvError || error instanceof AppError)
    process.stderr.write(`wardline: ${error.message}\n`);
  else console.error(error);
  process.exit(1);
}
