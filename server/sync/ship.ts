import { pipeline } from "node:stream/promises";
import { on, type Session, type Side, transaction } from "./sides.ts";

export interface Shipped {
  readonly rows: number;
  readonly bytes: number;
}

interface Manifest {
  readonly manifest: string | null;
  readonly rows: number;
  readonly fromSnapshot: string;
  readonly toSnapshot: string;
}

const snapshotForm = /^[0-9:,]+$/;
const frameBytes = 256 * 1024;

/**
 * Carries ticks `first` to `final` over as one batch: the rows stream from database to database and are staged
 * and applied in one transaction on the copy. Exactly once: `sync_apply` refuses a batch that is not the very
 * next, and one that is not staged whole. Memory is that of the stream, whatever the batch.
 */
export async function shipBatch(
  primary: Session,
  copy: Session,
  first: number,
  final: number,
): Promise<Shipped> {
  const [cut] = await on(
    "primary",
    primary<Manifest[]>`
      select m::text as manifest, (m->>'n')::float8 as rows, m->>'from_snap' as "fromSnapshot", m->>'to_snap' as "toSnapshot"
      from sync_manifest(${first}, ${final}) m`,
  );
  if (cut === undefined || cut.manifest === null)
    throw new Error(`Ticks ${first - 1} and ${final} are not both in the log.`);
  const bytes = await transaction(copy, "copy", async () => {
    const carried = cut.rows === 0 ? 0 : await streamRows(primary, copy, cut);
    await on("copy", copy`select sync_apply(${cut.manifest}::text::jsonb)`);
    return carried;
  });
  // If this is lost, the next handshake learns it from the copy.
  await on("primary", primary`select sync_acknowledge(${final})`);
  return { rows: cut.rows, bytes };
}

async function streamRows(primary: Session, copy: Session, cut: Manifest): Promise<number> {
  // COPY takes no parameters; a snapshot's text is digits, colons and commas.
  if (!snapshotForm.test(cut.fromSnapshot) || !snapshotForm.test(cut.toSnapshot))
    throw new Error("A tick's snapshot is not in the form of one.");
  const columns = "seq, layout, op, pk, img";
  const source = await on(
    "primary",
    primary
      .unsafe(
        `copy (select ${columns} from sync_members('${cut.fromSnapshot}', '${cut.toSnapshot}')) to stdout`,
      )
      .readable(),
  );
  const sink = await on("copy", copy.unsafe(`copy sync_staging (${columns}) from stdin`).writable());
  let bytes = 0;
  // The pipeline takes the other stream down with the one that failed; the first to fail says which side it was.
  const failed: Side[] = [];
  source.once("error", () => failed.push("primary"));
  sink.once("error", () => failed.push("copy"));
  try {
    await pipeline(
      source,
      async function* frames(rows: AsyncIterable<Buffer>) {
        // The driver hands over row by row; a write for each would be a system call for each.
        let held: Buffer[] = [];
        let size = 0;
        for await (const row of rows) {
          held.push(row);
          size += row.length;
          bytes += row.length;
          if (size < frameBytes) continue;
          yield Buffer.concat(held, size);
          held = [];
          size = 0;
        }
        if (size > 0) yield Buffer.concat(held, size);
      },
      sink,
    );
    // The driver pauses its socket under back pressure and forgets to resume it when the last row is out.
    source._read(0);
  } catch (error) {
    await on(failed[0] ?? "copy", Promise.reject(error));
  }
  return bytes;
}
