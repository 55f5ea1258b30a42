import { urlOf } from "../../server/foundation.ts";
import type { OwnerPlane } from "../bridge/owner-plane.ts";

/** How a command ended, and what it said. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command of `bin/wardline` beside an owner's plane, as the process of its own that it is. */
export async function runCommand(
  { facts: { controlPlace, masterKey } }: OwnerPlane,
  args: readonly string[],
  input = "",
): Promise<Ended> {
  const main = `${import.meta.dir}/../../server/cli/main.ts`;
  const child = Bun.spawn([process.execPath, "run", main, ...args], {
    env: {
      ...process.env,
      DATABASE_URL: urlOf(controlPlace),
      WARDLINE_MASTER_KEY: masterKey,
      WARDLINE_MODE: "all",
      WARDLINE_LOG: "silent",
    },
    stdin: new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

/** What a command that ends well says as JSON. */
export async function answerOf<T>(plane: OwnerPlane, args: readonly string[]): Promise<T> {
  const ended = await runCommand(plane, [...args, "--json"]);
  if (ended.code !== 0) throw new Error(`${args.join(" ")} ended with ${ended.code}: ${ended.err}`);
  return JSON.parse(ended.out) as T;
}
