import type { OpenJobQueue } from "../../jobs/queue.ts";
import { seedControl } from "../bridge/seed-control.ts";
import { type Env, EnvError, readEnv } from "../env.ts";
import { AppError } from "../errors.ts";
import { openFoundation } from "../foundation.ts";
import { createLog, type Log } from "../log.ts";
import { closeServices, createServices } from "../services.ts";
import { UsageError } from "./arguments.ts";
import type { Command, CommandIo } from "./command.ts";
import { find, overview } from "./commands.ts";
import { leftToSweeps } from "./swept-queue.ts";

/** Read only where it is needed: it takes longer to load than most commands to run. */
async function queueOn(redisUrl: string, log: Log): Promise<OpenJobQueue> {
  const { createQueue } = await import("../../jobs/queue.ts");
  return createQueue({ redisUrl, postgresUrl: null, log });
}

/** Opens what the app has, runs the command, and closes what was opened; servers that were running go on. */
async function run(
  env: Env,
  log: Log,
  command: Command,
  args: readonly string[],
  io: CommandIo,
): Promise<number> {
  if (command.apart !== undefined) return command.apart(env, log, args, io);
  if (env.mode === "hospital" && command.onSite !== undefined) return command.onSite(env, log, args, io);
  const foundation = await openFoundation(env, log, { borrow: true });
  const queue = env.redisUrl === null ? leftToSweeps : await queueOn(env.redisUrl, log);
  const { keyring, control: controlPlace, servers } = foundation;
  const services = createServices({ env, log, keyring, controlPlace, queue });
  try {
    await seedControl(services, servers);
    return await command.run(services, args, io);
  } finally {
    await closeServices(services);
    await foundation.close();
  }
}

function complain(error: unknown, command: Command | undefined, wantsJson: boolean, io: CommandIo): number {
  if (error instanceof UsageError) {
    io.err(`wardline: ${error.message}\n\n${command?.usage ?? overview()}`);
    return 2;
  }
  if (error instanceof AppError && wantsJson) {
    const { code, message: detail, fields: errors, details } = error;
    io.err(JSON.stringify({ code, detail, errors, details }, null, 2));
  } else if (error instanceof AppError || error instanceof EnvError) {
    const fields = error instanceof AppError ? error.fields : [];
    io.err(
      [`wardline: ${error.message}`, ...fields.map((field) => `  ${field.field}: ${field.message}`)].join(
        "\n",
      ),
    );
  } else io.err(Bun.inspect(error));
  return 1;
}

/**
 * Does what a command line asks.
 * @param source the environment.
 * @returns the exit code: 0 all well, 1 something is not, 2 not understood.
 */
export async function runCommandLine(
  given: readonly string[],
  source: Readonly<Record<string, string | undefined>>,
  io: CommandIo,
): Promise<number> {
  const [first] = given;
  if (first === undefined || first === "--help" || first === "help") {
    io.out(overview());
    return first === undefined ? 2 : 0;
  }
  const found = find(given);
  if (found === null)
    return complain(new UsageError(`There is no command "${first}".`), undefined, false, io);
  const { command, args } = found;
  if (args.includes("--help")) {
    io.out(command.usage);
    return 0;
  }
  try {
    const env = readEnv({ ...source });
    const log = createLog({ logLevel: source["WARDLINE_LOG"] || "error" }, 2);
    return await run(env, log, command, args, io);
  } catch (error) {
    return complain(error, command, args.includes("--json"), io);
  }
}
