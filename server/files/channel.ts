import type { FileFolder, FileName } from "./folder.ts";
import { sha256Of } from "./piece.ts";

/** The most that travels at once. */
export const pieceBytes = 1024 * 1024;
/** Files asked about at once. */
const filesAtOnce = 100;
/** A file that does not grow by a piece this often in a row is left for the next turn. */
const stallsAtMost = 3;

/** The other side of a hospital's files. What throws ends the turn; the next one goes on. */
export interface FilesAway {
  /** Bytes that are there of each file; null where the rows that name it have not arrived yet. */
  arrived(files: readonly FileName[]): Promise<readonly (number | null)[]>;
  /** Sends the next piece, with its own sum. @returns the bytes that are there now. */
  take(file: FileName, offset: number, piece: Uint8Array, sum: string): Promise<number>;
  /** Fetches a piece; null where the file is not there. */
  give(file: FileName, offset: number): Promise<Uint8Array | null>;
  /** Takes away there what no row names any more. @returns how many files. */
  sweep(): Promise<number>;
}

/** The files of a hospital on this side: the bytes, and what rows say of them. */
export interface FilesOwn {
  readonly folder: FileFolder;
  /** Files after this name, in order, of which the other side has not said that it has them. */
  waiting(after: string, limit: number): Promise<readonly FileName[]>;
  /** All files after this name, in order. */
  named(after: string, limit: number): Promise<readonly FileName[]>;
  noteCopied(names: readonly string[]): Promise<void>;
  forgetCopied(names: readonly string[]): Promise<void>;
}

export interface Turn {
  /** A turn ends after this long, at the next piece. */
  readonly budgetMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Sent {
  readonly files: number;
  readonly bytes: number;
  /** Named by a row, and not here, or not what the row says: nothing to send. */
  readonly missing: number;
  /** There is more to send, and the time was up. */
  readonly more: boolean;
}

export interface Fetched {
  readonly files: number;
  readonly bytes: number;
  /** Named by a row, and on neither side. */
  readonly missing: number;
  readonly more: boolean;
}

export interface Checked {
  readonly named: number;
  /** Whole on the other side. */
  readonly copied: number;
  /** Named here, and the bytes are not. */
  readonly missing: number;
}

class Clock {
  readonly #until: number;
  readonly #signal: AbortSignal | undefined;

  constructor({ budgetMs, signal }: Turn) {
    this.#until = performance.now() + budgetMs;
    this.#signal = signal;
  }

  get isOver(): boolean {
    return this.#signal?.aborted === true || performance.now() > this.#until;
  }
}

async function* pages(
  next: (after: string, limit: number) => Promise<readonly FileName[]>,
): AsyncGenerator<readonly FileName[]> {
  for (let after = ""; ; ) {
    const page = await next(after, filesAtOnce);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < filesAtOnce) return;
    after = last.sha256;
  }
}

type Outcome = "whole" | "time-up" | "stalled" | "missing";

/** Sends what the other side lacks, from the byte where it stopped; one file's trouble keeps no other waiting. */
export async function sendFiles(own: FilesOwn, away: FilesAway, turn: Turn): Promise<Sent> {
  const clock = new Clock(turn);
  const sent = { files: 0, bytes: 0, missing: 0, more: false };
  for await (const page of pages(own.waiting)) {
    const there = await away.arrived(page);
    for (const [index, file] of page.entries()) {
      const have = there[index];
      if (have === null || have === undefined) continue;
      if (clock.isOver) return { ...sent, more: true };
      const outcome =
        have === file.bytes
          ? "whole"
          : await sendOne(own.folder, away, file, have, clock, (bytes) => {
              sent.bytes += bytes;
            });
      if (outcome === "time-up") return { ...sent, more: true };
      if (outcome === "missing") sent.missing += 1;
      if (outcome !== "whole") continue;
      await own.noteCopied([file.sha256]);
      if (have !== file.bytes) sent.files += 1;
    }
  }
  return sent;
}

async function sendOne(
  folder: FileFolder,
  away: FilesAway,
  file: FileName,
  from: number,
  clock: Clock,
  count: (bytes: number) => void,
): Promise<Outcome> {
  let have = from;
  for (let stalls = 0; have < file.bytes; ) {
    if (clock.isOver) return "time-up";
    const piece = await folder.read(file.sha256, have, pieceBytes);
    if (piece === null || piece.length === 0) return "missing";
    const now = await away.take(file, have, piece, sha256Of(piece));
    count(piece.length);
    if (now > have) {
      have = now;
      continue;
    }
    stalls += 1;
    // Thrown away there as not what its name says: perhaps it is not so here either.
    if (now === 0 && !(await folder.isSound(file.sha256))) return "missing";
    if (stalls >= stallsAtMost) return "stalled";
    have = now;
  }
  return "whole";
}

/** Fetches what rows here name and the disk lacks, from the byte where it stopped. */
export async function fetchFiles(own: FilesOwn, away: FilesAway, turn: Turn): Promise<Fetched> {
  const clock = new Clock(turn);
  const fetched = { files: 0, bytes: 0, missing: 0, more: false };
  for await (const page of pages(own.named))
    for (const file of page) {
      const have = await own.folder.arrived(file);
      if (have === file.bytes) continue;
      if (clock.isOver) return { ...fetched, more: true };
      const outcome = await fetchOne(own.folder, away, file, have, clock, (bytes) => {
        fetched.bytes += bytes;
      });
      if (outcome === "time-up") return { ...fetched, more: true };
      if (outcome === "whole") fetched.files += 1;
      else fetched.missing += 1;
    }
  return fetched;
}

async function fetchOne(
  folder: FileFolder,
  away: FilesAway,
  file: FileName,
  from: number,
  clock: Clock,
  count: (bytes: number) => void,
): Promise<Outcome> {
  let have = from;
  for (let stalls = 0; have < file.bytes; ) {
    if (clock.isOver) return "time-up";
    const piece = await away.give(file, have);
    if (piece === null || piece.length === 0) return "missing";
    const now = await folder.append(file, have, piece);
    count(piece.length);
    if (now <= have) {
      stalls += 1;
      if (stalls >= stallsAtMost) return "stalled";
    }
    have = now;
  }
  return "whole";
}

/** Asks of every file whether the other side has it whole; what it has lost is sent again by the next turn. */
export async function checkFiles(own: FilesOwn, away: FilesAway, signal?: AbortSignal): Promise<Checked> {
  const found = { named: 0, copied: 0, missing: 0 };
  for await (const page of pages(own.named)) {
    if (signal?.aborted === true) break;
    const there = await away.arrived(page);
    const whole = page.filter(({ bytes }, index) => there[index] === bytes);
    const lacking = page.filter(({ bytes }, index) => there[index] !== bytes);
    if (lacking.length > 0) await own.forgetCopied(lacking.map(({ sha256 }) => sha256));
    found.named += page.length;
    found.copied += whole.length;
    for (const { sha256, bytes } of page) if ((await own.folder.sizeOf(sha256)) !== bytes) found.missing += 1;
  }
  return found;
}
