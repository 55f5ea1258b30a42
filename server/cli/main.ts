import type { CommandIo } from "./command.ts";
import { runCommandLine } from "./run.ts";

const io: CommandIo = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(text.startsWith("\r") || text === "\n" ? text : `${text}\n`),
  input: () => Bun.stdin.text(),
  terminal: process.stderr.isTTY === true,
};

process.exit(await runCommandLine(process.argv.slice(2), process.env, io));
