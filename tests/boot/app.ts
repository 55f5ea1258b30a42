import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postmasterOf, serves } from "../../db/embedded-process.ts";

/** A data directory of its own for one test; root's databases must be able to enter it. */
export function scratchData(): string {
  const directory = mkdtempSync(join(tmpdir(), "wardline-boot-"));
  chmodSync(directory, 0o711);
  return directory;
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
  let heard = Promise.withResolvers<void>();
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    const reader = stream.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += decoder.decode(part.value, { stream: true });
      heard.resolve();
      heard = Promise.withResolvers<void>();
    }
  };
  const reading = Promise.all([read(child.stdout), read(child.stderr)]).then(() => heard.resolve());
  const says = async (words: string): Promise<string> => {
    const late = Bun.sleep(60_000).then(() => "late" as const);
    for (;;) {
      if (text.includes(words)) return text;
      const over = await Promise.race([heard.promise, reading.then(() => "over" as const), late]);
      if (text.includes(words)) return text;
      if (over !== undefined) throw new Error(`It never said "${words}" (${over}). It said:\n${text}`);
    }
  };
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
