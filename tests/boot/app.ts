import { existsSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { postmasterOf, serves } from "../../db/embedded-process.ts";
import { scratchDirectory } from "../support/scratch.ts";

/** A data directory of its own for one test; root's databases must be able to enter it. */
export function scratchData(): string {
  return scratchDirectory("wardline-boot-");
}

/** Ends what still runs on a scratch directory, then removes it. */
export async function discard(directory: string): Promise<void> {
  await until(() => databasesOn(directory).length === 0, 20_000);
  rmSync(directory, { recursive: true, force: true });
}

export interface StartedApp {
  readonly pid: number;
  /** All that it has said so far. */
  said(): string;
  /** Waits for words on its output. @throws Error with what it said, when it ends or 60 s pass without them. */
  says(words: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<number>;
}

/** Runs a program of the project as bin/start would, with a small environment of its own. */
export function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): StartedApp {
  const { PATH = "", HOME = "" } = process.env;
  const child = Bun.spawn([process.execPath, file, ...args], {
    cwd: join(import.meta.dir, "../.."),
    env: { PATH, HOME, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
  let text = "";
  let isOver = false;
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const look of [...waiting]) look();
  };
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    const reader = stream.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += decoder.decode(part.value, { stream: true });
      tell();
    }
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)]).then(() => {
    isOver = true;
    tell();
  });
  const says = (words: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        waiting.delete(look);
        settle();
      };
      const fail = (why: string) =>
        end(() => reject(new Error(`It never said "${words}": ${why}. It said:\n${text}`)));
      const timer = setTimeout(() => fail("60 seconds passed"), 60_000);
      const look = (): void => {
        if (text.includes(words)) end(() => resolve(text));
        else if (isOver) fail("it ended");
      };
      waiting.add(look);
      look();
    });
  return {
    pid: child.pid,
    said: () => text,
    says,
    kill: (signal) => child.kill(signal),
    exited: child.exited.then(async (code) => {
      await reading;
      return code;
    }),
  };
}

/** Process ids of the databases that run on a data directory. */
export function databasesOn(dataDir: string): number[] {
  return ["local", "online"].flatMap((name) => {
    const directory = clusterOf(dataDir, name);
    const pid = postmasterOf(directory)?.pid;
    return pid !== undefined && serves(pid, directory) ? [pid] : [];
  });
}

/** Where a cluster of a data directory lies; `postgres` may be a link. */
export function clusterOf(dataDir: string, name: string): string {
  const home = join(dataDir, "postgres");
  return join(existsSync(home) ? realpathSync(home) : home, name);
}

/** Waits until something is so; for what happens in another process and sends no word of it. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error("It did not come to be in time.");
    await Bun.sleep(25);
  }
}
