import { lstat, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../errors.ts";

/** What is written as it is made, never whole in memory. */
export type Pieces = AsyncIterable<string | Uint8Array>;

/** Options of a command that gives out a file. */
export const fileOptions = {
  out: { type: "string" },
  force: { type: "boolean", default: false },
} as const;

/**
 * Writes what `make` gives to a file, piece by piece: under another name beside it until it is whole, readable by
 * its owner alone. `-` is standard output. A file that cannot be written is refused before `make` is called, so that
 * nothing is on record as given out that had nowhere to go.
 * @returns how many bytes it has. @throws AppError conflict `file.exists`; unavailable `file.not-written`, `file.stopped`.
 */
export async function toFile(path: string, force: boolean, make: () => Promise<Pieces>): Promise<number> {
  if (path === "-") return writeEach(await make(), toStandardOutput);
  await refuseTaken(path, force);
  const part = join(dirname(path), `.wardline-${Bun.randomUUIDv7()}.part`);
  const file = await onDisk(path, () => open(part, "wx", 0o600));
  try {
    let bytes = 0;
    try {
      bytes = await writeEach(await make(), (chunk, at) =>
        onDisk(path, async () => {
          for (let done = 0; done < chunk.length; ) {
            const { bytesWritten } = await file.write(chunk, done, chunk.length - done, at + done);
            done += bytesWritten;
          }
        }),
      );
      await onDisk(path, () => file.sync());
    } finally {
      await file.close();
    }
    await refuseTaken(path, force);
    await onDisk(path, () => rename(part, path));
    return bytes;
  } finally {
    // Where it has got its name, nothing lies here.
    await rm(part, { force: true });
  }
}

/** What is no plain file (a folder, a device, a link) is never written over. */
async function refuseTaken(path: string, force: boolean): Promise<void> {
  const there = await onDisk(path, () => lstat(path).catch(nothingThere));
  if (there === null || (force && there.isFile())) return;
  const words = there.isFile() ? "is there already; --force writes over it" : "is there, and is no file";
  throw new AppError("conflict", "file.exists", `${path} ${words}.`);
}

const codeOf = (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "");

function nothingThere(error: unknown): null {
  if (codeOf(error) === "ENOENT") return null;
  throw error;
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = codeOf(cause) || "the disk refused it";
    throw new AppError("unavailable", "file.not-written", `${path} cannot be written: ${why}.`, { cause });
  }
}

const encoder = new TextEncoder();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Told to end, it stops at the next piece, and no half of a file is left lying; told twice, the process ends. */
async function writeEach(
  pieces: Pieces,
  write: (chunk: Uint8Array, at: number) => Promise<void>,
): Promise<number> {
  let stopped = false;
  const stop = () => {
    stopped = true;
  };
  for (const signal of signals) process.once(signal, stop);
  try {
    let bytes = 0;
    for await (const piece of pieces) {
      if (stopped) throw new AppError("unavailable", "file.stopped", "Stopped before it was whole.");
      const chunk = typeof piece === "string" ? encoder.encode(piece) : piece;
      await write(chunk, bytes);
      bytes += chunk.length;
    }
    return bytes;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** Waits for whoever reads, however slow they are. */
function toStandardOutput(chunk: Uint8Array): Promise<void> {
  const written = () =>
    new Promise<void>((resolve, reject) => {
      process.stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  return onDisk("Standard output", written);
}
