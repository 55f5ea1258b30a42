import { PassThrough, type Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { on, type Session, type Side } from "./sides.ts";

/** One end of a stream of rows: a session and the COPY that is said there. */
export interface StreamEnd {
  readonly side: Side;
  readonly session: Session;
  readonly sql: string;
}

/** Rows on their way out of one side, gathered ahead of whoever takes them. */
export interface Drawn {
  readonly side: Side;
  readonly frames: PassThrough;
  /** Of what the side has given so far. */
  bytes: number;
  /** Gives the side's session back where nobody will take the rows: what is still to come is dropped. */
  discard(): void;
}

const frameBytes = 256 * 1024;

/**
 * Begins to read rows. At most about `aheadBytes` wait for their taker, however many there are; until then the
 * side's session is busy with them. A failure is told to whoever pours them.
 */
export async function draw(from: StreamEnd, aheadBytes: number): Promise<Drawn> {
  const source = await on(from.side, from.session.unsafe(from.sql).readable());
  const frames = new PassThrough({
    readableHighWaterMark: frameBytes,
    writableHighWaterMark: Math.max(frameBytes, aheadBytes),
  });
  const drawn: Drawn = { side: from.side, frames, bytes: 0, discard: () => void source.destroy() };
  // Heard by whoever pours, who may not be there yet.
  frames.on("error", () => undefined);
  pipeline(source, (rows: AsyncIterable<Buffer>) => inFrames(rows, drawn), frames).catch(() => undefined);
  return drawn;
}

/** The driver hands over row by row; a write for each would be a system call for each. */
async function* inFrames(rows: AsyncIterable<Buffer>, drawn: Drawn): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const row of rows) {
    held.push(row);
    size += row.length;
    drawn.bytes += row.length;
    if (size < frameBytes) continue;
    yield Buffer.concat(held, size);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held, size);
}

/** Writes drawn rows into another database. A side that lets no row pass for `stallMs` milliseconds is lost. */
export async function pour(drawn: Drawn, into: StreamEnd, stallMs: number): Promise<void> {
  // The pipeline takes the other stream down with the one that failed; the first to fail says which side it was.
  const failures: { side: Side; error: unknown }[] = [];
  const watch = (side: Side, stream: Readable | Writable): void => {
    const failed = (error: unknown): void => void failures.push({ side, error });
    if (stream.errored !== null) failed(stream.errored);
    else stream.once("error", failed);
  };
  watch(drawn.side, drawn.frames);
  let waitsFor: Readable | Writable = drawn.frames;
  const stalled = setTimeout(() => {
    waitsFor.destroy(Object.assign(new Error("No row moved in time."), { code: "ETIMEDOUT" }));
  }, stallMs);
  const moved = (next: Readable | Writable): void => {
    waitsFor = next;
    stalled.refresh();
  };
  try {
    const sink = await on(into.side, into.session.unsafe(into.sql).writable());
    watch(into.side, sink);
    await pipeline(
      drawn.frames,
      async function* counted(frames: AsyncIterable<Buffer>) {
        for await (const frame of frames) {
          moved(sink);
          yield frame;
          moved(drawn.frames);
        }
        moved(sink);
      },
      sink,
    );
  } catch (error) {
    drawn.discard();
    const [first] = failures;
    await on(first?.side ?? into.side, Promise.reject(first?.error ?? error));
  } finally {
    clearTimeout(stalled);
  }
}

/** Streams rows from one database into another. @returns bytes. */
export async function carry(from: StreamEnd, into: StreamEnd, stallMs: number): Promise<number> {
  const drawn = await draw(from, frameBytes);
  await pour(drawn, into, stallMs);
  return drawn.bytes;
}
