import { type Drawn, draw, pour } from "./carry.ts";
import { Overtaken } from "./lost.ts";
import { on, type Session } from "./sides.ts";

interface Manifest {
  readonly manifest: string | null;
  readonly rows: number;
  readonly fromSnapshot: string;
  readonly toSnapshot: string;
  readonly low: string;
  readonly high: string;
}

/** Ticks on their way: what they hold, and their rows, being read. */
export interface Batch {
  readonly manifest: string;
  /** Its first tick. */
  readonly first: number;
  readonly rows: number;
  /** Null: there are none. */
  readonly drawn: Drawn | null;
}

const snapshotForm = /^[0-9:,]+$/;
const numberForm = /^[0-9]+$/;
/** Of the next batch, read while the copy applies the last. */
const aheadBytes = 4 * 1024 * 1024;
const columns = "seq, layout, op, pk, img";

/** Begins to read ticks `first` to `final` as one batch. The primary's session is busy until its rows are staged. */
export async function readBatch(primary: Session, first: number, final: number): Promise<Batch> {
  const [cut] = await on(
    "primary",
    primary<Manifest[]>`
      select m::text as manifest, (m->>'n')::float8 as rows, m->>'from_snap' as "fromSnapshot", m->>'to_snap' as "toSnapshot",
        m->>'low' as low, m->>'high' as high
      from sync_manifest(${first}, ${final}) m`,
  );
  if (cut === undefined || cut.manifest === null)
    throw new Error(`Ticks ${first - 1} and ${final} are not both in the log.`);
  // COPY takes no parameters; a snapshot's text is digits, colons and commas.
  if (![cut.fromSnapshot, cut.toSnapshot].every((text) => snapshotForm.test(text)))
    throw new Error("A tick's snapshot is not in the form of one.");
  if (![cut.low, cut.high].every((text) => numberForm.test(text)))
    throw new Error("A tick's bounds are not numbers.");
  const sql = `copy (select ${columns} from sync_members('${cut.fromSnapshot}', '${cut.toSnapshot}', ${cut.low}, ${cut.high})) to stdout`;
  const drawn = cut.rows === 0 ? null : await draw({ side: "primary", session: primary, sql }, aheadBytes);
  return { manifest: cut.manifest, first, rows: cut.rows, drawn };
}

/**
 * Stages a batch and applies it in one transaction on the copy. Exactly once: `sync_apply` refuses a batch that is
 * not the very next, and one that is not staged whole. Memory is that of the stream, whatever the batch. A side
 * that lets no row pass for `stallMs` milliseconds is lost. `staged` runs as soon as the primary's session is free.
 *
 * Once the rows are staged the way between is not needed any more: the commit goes over together with the word to
 * apply, and whoever comes next learns from the copy what became of it. On an error the session is not used again.
 */
export async function applyBatch(
  copy: Session,
  { manifest, first, drawn }: Batch,
  stallMs: number,
  staged: () => void = () => undefined,
): Promise<void> {
  // A session that somebody left behind may still be applying; two that stage at once could lock each other out.
  await on("copy", copy.unsafe("begin; select pg_advisory_xact_lock(sync_lock_key('stage'))"));
  // Several statements in one message take no parameters: the manifest is laid down before.
  const [state] = await on(
    "copy",
    copy<{ last: number }[]>`
      select last_tick::float8 as last, set_config('wardline.manifest', ${manifest}, true) from sync_state`,
  );
  if (state?.last !== first - 1) throw new Overtaken(first);
  if (drawn !== null)
    await pour(
      drawn,
      { side: "copy", session: copy, sql: `copy sync_staging (${columns}) from stdin` },
      stallMs,
    );
  staged();
  await on("copy", copy.unsafe("select sync_apply(current_setting('wardline.manifest')::jsonb); commit"));
}

/** Tells the primary what the copy holds. If this is lost, the next handshake learns it from the copy. */
export async function acknowledge(primary: Session, tick: number): Promise<void> {
  await on("primary", primary`select sync_acknowledge(${tick})`);
}
