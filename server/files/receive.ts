import { AppError } from "../errors.ts";
import { type FilesAway, pieceBytes } from "./channel.ts";
import type { FileFolder } from "./folder.ts";
import { sha256Of } from "./piece.ts";

/** What a row has not named for so long goes: an upload's bytes are on disk shortly before its row is. */
const sweptAfterMs = 10 * 60_000;

/** Which of these files the rows of a side name, with the bytes that they tell of. */
export type Named = (names: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** As many files are asked about at once by a sweep. */
const sweptAtOnce = 200;

/**
 * The apply of the channel, whichever way the pieces come: into one folder, of files that the rows beside it name.
 * `give` is the same for the way back.
 */
export function receiveInto(folder: FileFolder, named: Named): FilesAway {
  return {
    async arrived(files) {
      const known = await named(files.map(({ sha256 }) => sha256));
      return Promise.all(
        files.map((file) => (known.get(file.sha256) === file.bytes ? folder.arrived(file) : null)),
      );
    },
    async take(file, offset, piece, sum) {
      if (piece.length > pieceBytes || sha256Of(piece) !== sum)
        throw new AppError("malformed", "files.damaged", "This piece is not what was sent.");
      if ((await named([file.sha256])).get(file.sha256) !== file.bytes)
        throw new AppError("conflict", "files.unnamed", "No row here names this file.");
      return folder.append(file, offset, piece);
    },
    give: ({ sha256 }, offset) => folder.read(sha256, offset, pieceBytes),
    sweep: () => sweepFolder(folder, named, (sha256) => folder.remove(sha256)),
  };
}

/**
 * Takes away what no row names; with `before`, what has lain there since before that instant.
 * @returns how many files.
 */
export async function sweepFolder(
  folder: FileFolder,
  named: Named,
  remove: (sha256: string) => Promise<void>,
  before?: Date,
): Promise<number> {
  let gone = 0;
  let batch: string[] = [];
  const clear = async () => {
    const known = await named(batch);
    for (const sha256 of new Set(batch)) {
      if (known.has(sha256)) continue;
      await remove(sha256);
      gone += 1;
    }
    batch = [];
  };
  for await (const { sha256, since } of folder.each()) {
    if (before !== undefined && since > before) continue;
    batch.push(sha256);
    if (batch.length >= sweptAtOnce) await clear();
  }
  if (batch.length > 0) await clear();
  return gone;
}

/** Since when something has to lie unnamed on the side of uploads before it goes. */
export const sweptBefore = (now: Date): Date => new Date(now.getTime() - sweptAfterMs);
