import type { OpenJobQueue } from "../../jobs/queue.ts";
import { seedControl } from "../bridge/seed-control.ts";
import { type Env, EnvError, readEnv } from "../env.ts";
import { AppError } from "../errors.ts";
import { openFoundation } from "../foundation.ts";
import { createLog, type Log } from "../log.ts";
import { closeServices, createServices } from "../services.ts";
import { apiKeyCommands } from "./api-keys.ts";
import { UsageError } from "./arguments.ts";
import { auditCommands } from "./audit.ts";
import type { Command } from "./command.ts";
import { consentCommands } from "./consents.ts";
import { healthCommands } from "./health.ts";
import { type CommandOutput, importFhir, importUsage } from "./import.ts";
import { keyCommands } from "./keys.ts";
import { nodeCommands } from "./node.ts";
import { operatorCommands } from "./operators.ts";
import { ownerCommands } from "./owner.ts";
import { privacyCommands } from "./privacy.ts";
import { restoreCommands } from "./restore.ts";
import { restrictionCommands } from "./restrictions.ts";
import { serverCommands } from "./servers.ts";
import { signInCommands } from "./sign-ins.ts";
import { staffCommands } from "./staff.ts";
import { stateCommands } from "./state.ts";
import { leftToSweeps } from "./swept-queue.ts";
import { tenantCommands } from "./tenants.ts";
import { userCommands } from "./users.ts";

const importCommand: Command = {
  name: "import fhir",
  summary: "Read FHIR R4 bundles into a hospital",
  usage: importUsage,
  run: importFhir,
};

const commands: readonly Command[] = [
  ...tenantCommands,
  ...ownerCommands,
  ...operatorCommands,
  ...serverCommands,
  ...privacyCommands,
  ...consentCommands,
  ...restrictionCommands,
  ...nodeCommands,
  ...restoreCommands,
  ...stateCommands,
  ...healthCommands,
  ...keyCommands,
  ...auditCommands,
  importCommand,
  ...staffCommands,
  ...userCommands,
  ...signInCommands,
  ...apiKeyCommands,
];

const io: CommandOutput = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(text.startsWith("\r") || text === "\n" ? text : `${text}\n`),
  terminal: process.stderr.isTTY === true,
};

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `Usage: bin/wardline COMMAND [options]\n\n${lines.join("\n")}\n
  Each takes --help and --json. It works on WARDLINE_DATA (.data) or DATABASE_URL, whether the app runs or not.
  Exit codes: 0 all well, 1 something is not, 2 not understood.`;
}

function find(
  given: readonly string[],
): { readonly command: Command; readonly args: readonly string[] } | null {
  for (const command of commands) {
    const words = command.name.split(" ");
    if (words.every((word, index) => given[index] === word))
      return { command, args: given.slice(words.length) };
  }
  return null;
}

/** Read only where it is needed: it takes longer to load than most commands to run. */
async function queueOn(redisUrl: string, log: Log): Promise<OpenJobQueue> {
  const { createQueue } = await import("../../jobs/queue.ts");
  return createQueue({ redisUrl, postgresUrl: null, log });
}

/** Opens what the app has, runs the command, and closes what was opened; servers that were running go on. */
async function run(env: Env, log: Log, command: Command, args: readonly string[]): Promise<number> {
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

function complain(error: unknown, command: Command | undefined, wantsJson: boolean): number {
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

async function main(given: readonly string[]): Promise<number> {
  const [first] = given;
  if (first === undefined || first === "--help" || first === "help") {
    io.out(overview());
    return first === undefined ? 2 : 0;
  }
  const found = find(given);
  if (found === null) throw new UsageError(`There is no command "${first}".`);
  const { command, args } = found;
  if (args.includes("--help")) {
    io.out(command.usage);
    return 0;
  }
  try {
    const env = readEnv(process.env);
    return await run(env, createLog({ logLevel: process.env["WARDLINE_LOG"] || "error" }, 2), command, args);
  } catch (error) {
    return complain(error, command, args.includes("--json"));
  }
}

process.exit(await main(process.argv.slice(2)).catch((error: unknown) => complain(error, undefined, false)));
