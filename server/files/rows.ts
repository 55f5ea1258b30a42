import { and, asc, count, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import type { Session } from "../../db/migrate-lock.ts";
import type { HospitalDb, HospitalTx } from "../../db/planes.ts";
import { fileCopies, files } from "../../db/schema/hospital/files.ts";
import { AppError } from "../errors.ts";
import type { FilesOwn } from "./channel.ts";
import type { FileFolder, FileName } from "./folder.ts";
import type { MediaType } from "./media.ts";
import { type Named, sweepFolder, sweptBefore } from "./receive.ts";

interface Pool {
  readonly db: HospitalDb;
  transaction<T>(work: (tx: HospitalTx) => Promise<T>): Promise<T>;
}

const named = { sha256: files.sha256, bytes: files.bytes };

/** What is to be known of a hospital's files where it is worked. */
export function ownFiles(db: HospitalDb, folder: FileFolder, now: () => Date): FilesOwn {
  return {
    folder,
    waiting: (after, limit) =>
      db
        .select(named)
        .from(files)
        .leftJoin(fileCopies, eq(fileCopies.sha256, files.sha256))
        .where(and(gt(files.sha256, after), isNull(fileCopies.sha256)))
        .orderBy(asc(files.sha256))
        .limit(limit),
    named: (after, limit) =>
      db.select(named).from(files).where(gt(files.sha256, after)).orderBy(asc(files.sha256)).limit(limit),
    async noteCopied(names) {
      // A file that was erased meanwhile is not noted.
      await db.execute(sql`
        insert into file_copies (sha256, copied_at)
        select sha256, ${now().toISOString()}::timestamptz from files where ${inArray(files.sha256, [...names])}
        on conflict do nothing`);
    },
    async forgetCopied(names) {
      await db.delete(fileCopies).where(inArray(fileCopies.sha256, [...names]));
    },
  };
}

/** Which files the rows of the hospital's own database name. */
export function namedIn(db: HospitalDb): Named {
  return async (names) => {
    if (names.length === 0) return new Map();
    const rows = await db
      .select(named)
      .from(files)
      .where(inArray(files.sha256, [...names]));
    return new Map(rows.map(({ sha256, bytes }) => [sha256, bytes]));
  };
}

/** Which files the rows of a copy name. */
export function namedBeside(ask: <T>(work: (session: Session) => Promise<T>) => Promise<T>): Named {
  return (names) =>
    ask(async (session) => {
      const rows = await session<FileName[]>`
        select sha256, bytes from files
        where sha256 in (select jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb))`;
      return new Map(rows.map(({ sha256, bytes }) => [sha256, bytes]));
    });
}

/** Whoever names a content and whoever takes it away wait for each other. */
async function holdName(tx: HospitalTx, sha256: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`wardline:file:${sha256}`}, 0))`);
}

/**
 * Names a content in the transaction of what needs it; its bytes are on disk already.
 * @throws AppError unavailable (503) where they were taken away meanwhile.
 */
export async function nameFile(
  tx: HospitalTx,
  folder: FileFolder,
  file: FileName & { readonly mediaType: MediaType },
  now: Date,
): Promise<void> {
  await holdName(tx, file.sha256);
  if ((await folder.sizeOf(file.sha256)) !== file.bytes)
    throw new AppError("unavailable", "files.away", "The file could not be kept. Send it again.");
  await tx
    .insert(files)
    .values({ ...file, createdAt: now })
    .onConflictDoNothing();
}

/** Takes the bytes away that no row names, and that were not just brought. @returns how many files. */
export async function sweepOwn(pool: Pool, folder: FileFolder, now: Date): Promise<number> {
  const remove = (sha256: string) =>
    pool.transaction(async (tx) => {
      await holdName(tx, sha256);
      if ((await namedIn(tx)([sha256])).size === 0) await folder.remove(sha256);
    });
  return sweepFolder(folder, namedIn(pool.db), remove, sweptBefore(now));
}

export interface FileCounts {
  readonly named: number;
  readonly copied: number;
}

/** How many files a hospital has, and how many of them the other side has said to hold. */
export async function countFiles(db: HospitalDb): Promise<FileCounts> {
  const [row] = await db
    .select({ named: count(files.sha256), copied: count(fileCopies.sha256) })
    .from(files)
    .leftJoin(fileCopies, eq(fileCopies.sha256, files.sha256));
  return { named: row?.named ?? 0, copied: row?.copied ?? 0 };
}
