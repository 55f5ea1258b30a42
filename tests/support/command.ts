import { runCommandLine } from "../../server/cli/run.ts";
import { urlOf } from "../../server/foundation.ts";
import type { OwnerPlane } from "../bridge/owner-plane.ts";

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Does one command line of `bin/wardline` beside an owner's plane: all that the program does between reading its
 * arguments and its exit code, with connections of its own and the time that it is.
 */
export async function runCommand(
  { facts: { controlPlace, masterKey } }: OwnerPlane,
  args: readonly string[],
  input = "",
): Promise<Ended> {
  const said = { out: "", err: "" };
  const source = {
    ...{ DATABASE_URL: urlOf(controlPlace), WARDLINE_MASTER_KEY: masterKey },
    ...{ WARDLINE_MODE: "all", WARDLINE_LOG: "silent" },
  };
  const code = await runCommandLine(args, source, {
    out: (text) => {
      said.out += `${text}\n`;
    },
    err: (text) => {
      said.err += `${text}\n`;
    },
    input: async () => input,
    terminal: false,
  });
  return { code, ...said };
}

/** What a command that ends well says as JSON. */
export async function answerOf<T>(plane: OwnerPlane, args: readonly string[]): Promise<T> {
  const ended = await runCommand(plane, [...args, "--json"]);
  if (ended.code !== 0) throw new Error(`${args.join(" ")} ended with ${ended.code}: ${ended.err}`);
  return JSON.parse(ended.out) as T;
}
