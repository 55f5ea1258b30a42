import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isMissing, onDisk } from "./disk.ts";

/** A file by what is in it. */
export interface FileName {
  readonly sha256: string;
  readonly bytes: number;
}

/** One hospital's files on one side, by their content. */
export interface FileFolder {
  /** Bytes of a whole file; null where it is not here. */
  sizeOf(sha256: string): Promise<number | null>;
  /** Bytes that are here of a file, whole or begun. */
  arrived(file: FileName): Promise<number>;
  /** Keeps a whole file; it is on disk when this resolves. @throws AppError unavailable (503). */
  keep(file: FileName, content: Uint8Array): Promise<void>;
  /**
   * Adds a piece at the end of what has arrived; the last one makes the file whole if all of it is what its name
   * says, else it is thrown away. A piece for another place changes nothing.
   * @returns the bytes that are here now: where to go on. @throws AppError unavailable (503).
   */
  append(file: FileName, offset: number, piece: Uint8Array): Promise<number>;
  /** Some bytes of a whole file; null where it is not here. */
  read(sha256: string, offset: number, atMost: number): Promise<Uint8Array | null>;
  /** Whether what lies under this name is what the name says. */
  isSound(sha256: string): Promise<boolean>;
  /** Where a whole file lies, to be sent piece by piece; null where it is not here. */
  pathOf(sha256: string): Promise<string | null>;
  remove(sha256: string): Promise<void>;
  /** What lies here, whole or begun, and since when. */
  each(): AsyncGenerator<{ readonly sha256: string; readonly since: Date }>;
}

const shaShape = /^[0-9a-f]{64}$/;
const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const nameShape = /^([0-9a-f]{64})(\.part|\.[0-9a-f-]{36}\.new)?$/;
const ours = { folder: 0o700, file: 0o600 } as const;

async function sizeAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Opens, works and closes, whatever happens. */
async function withFile<T>(
  path: string,
  flags: number,
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags, ours.file);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function writeAt(
  file: Awaited<ReturnType<typeof open>>,
  content: Uint8Array,
  at: number,
): Promise<void> {
  for (let done = 0; done < content.length; ) {
    const { bytesWritten } = await file.write(content, done, content.length - done, at + done);
    done += bytesWritten;
  }
}

async function shaAt(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** A name counts once its folder is on disk too. */
async function settle(from: string, to: string): Promise<void> {
  await rename(from, to);
  await withFile(dirname(to), constants.O_RDONLY, (folder) => folder.sync());
}

/** Whole only if it is what its name says; anything else is thrown away and begun anew. */
async function finish(file: FileName, part: string, path: string): Promise<number> {
  if ((await sizeAt(part)) !== file.bytes || (await shaAt(part)) !== file.sha256) {
    await rm(part, { force: true });
    return 0;
  }
  await withFile(part, constants.O_RDWR, (open) => open.sync());
  await settle(part, path);
  return file.bytes;
}

/** The folder of one hospital under `root`; it is made with its first file. */
export function fileFolder(root: string, tenantId: string): FileFolder {
  if (!idShape.test(tenantId)) throw new Error("This is not the id of a hospital.");
  const home = join(root, tenantId);
  const at = (sha256: string): string => {
    if (!shaShape.test(sha256)) throw new Error("This is not the name of a file.");
    return join(home, sha256.slice(0, 2), sha256);
  };
  const prepare = (path: string) => mkdir(dirname(path), { recursive: true, mode: ours.folder });
  const sizeOf = (sha256: string) => onDisk(() => sizeAt(at(sha256)));

  const append: FileFolder["append"] = (file, offset, piece) =>
    onDisk(async () => {
      const path = at(file.sha256);
      const part = `${path}.part`;
      if ((await sizeAt(path)) === file.bytes) return file.bytes;
      const have = (await sizeAt(part)) ?? 0;
      // All of it arrived before, and was not looked through.
      if (have >= file.bytes) return finish(file, part, path);
      if (offset !== have || offset + piece.length > file.bytes) return have;
      await prepare(path);
      const { O_CREAT, O_RDWR } = constants;
      await withFile(part, O_CREAT | O_RDWR, async (open) => {
        await writeAt(open, piece, offset);
        await open.datasync();
      });
      const now = offset + piece.length;
      return now < file.bytes ? now : finish(file, part, path);
    });

  return {
    sizeOf,
    append,
    async arrived({ sha256, bytes }) {
      if ((await sizeOf(sha256)) === bytes) return bytes;
      const begun = await onDisk(() => sizeAt(`${at(sha256)}.part`));
      // All of it, and not yet looked through: its last byte, sent once more, has it looked through.
      return begun === null ? 0 : Math.min(begun, Math.max(0, bytes - 1));
    },
    keep: (file, content) =>
      onDisk(async () => {
        const path = at(file.sha256);
        if (
          content.length !== file.bytes ||
          new Bun.CryptoHasher("sha256").update(content).digest("hex") !== file.sha256
        )
          throw new Error("This content is not what its name says.");
        if ((await sizeAt(path)) === file.bytes) {
          // What was there without a name is not swept away under its new one.
          await utimes(path, new Date(), new Date());
          return;
        }
        await prepare(path);
        const fresh = `${path}.${crypto.randomUUID()}.new`;
        const { O_CREAT, O_EXCL, O_WRONLY } = constants;
        try {
          await withFile(fresh, O_CREAT | O_EXCL | O_WRONLY, async (open) => {
            await writeAt(open, content, 0);
            await open.sync();
          });
          await settle(fresh, path);
        } catch (error) {
          await rm(fresh, { force: true }).catch(() => {});
          throw error;
        }
      }),
    read: (sha256, offset, atMost) =>
      onDisk(async () => {
        const size = await sizeAt(at(sha256));
        if (size === null) return null;
        const piece = new Uint8Array(Math.max(0, Math.min(atMost, size - offset)));
        await withFile(at(sha256), constants.O_RDONLY, async (open) => {
          for (let done = 0; done < piece.length; ) {
            const { bytesRead } = await open.read(piece, done, piece.length - done, offset + done);
            if (bytesRead === 0) break;
            done += bytesRead;
          }
        });
        return piece;
      }),
    isSound: (sha256) =>
      onDisk(async () => (await sizeAt(at(sha256))) !== null && (await shaAt(at(sha256))) === sha256),
    pathOf: async (sha256) => ((await sizeOf(sha256)) === null ? null : at(sha256)),
    remove: (sha256) =>
      onDisk(async () => {
        await rm(at(sha256), { force: true });
        await rm(`${at(sha256)}.part`, { force: true });
      }),
    async *each() {
      for (const shelf of await listed(home))
        for (const name of await listed(join(home, shelf))) {
          const [, sha256, ending = ""] = nameShape.exec(name) ?? [];
          if (sha256 === undefined) continue;
          const path = join(home, shelf, name);
          const since = await onDisk(() =>
            stat(path).then(
              (found) => found.mtime,
              () => null,
            ),
          );
          if (since === null) continue;
          if (ending.endsWith(".new")) await dropStray(path, since);
          else yield { sha256, since };
        }
    },
  };
}

/** What a process wrote when it died; a day later nobody is at it. */
async function dropStray(path: string, since: Date): Promise<void> {
  if (since.getTime() < Date.now() - 86_400_000) await rm(path, { force: true });
}

function listed(path: string): Promise<readonly string[]> {
  return onDisk(async () => {
    try {
      return (await readdir(path)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  });
}
