import { readdir } from "node:fs/promises";
import { sha256 } from "../server/crypto.ts";

export type Plane = "control" | "hospital";

/** One migration as it lies on disk. */
export interface MigrationFile {
  /** `0003_patient_search.sql`; files run in the order of their names. */
  readonly name: string;
  readonly sha256: string;
  readonly text: string;
  /** False for `*.concurrent.sql` and for files that begin with `-- no transaction`. */
  readonly inTransaction: boolean;
}

/** A migration folder that cannot be used as it lies. */
export class MigrationFileError extends Error {
  override readonly name = "MigrationFileError";
}

const migrationsFolder = new URL("./migrations/", import.meta.url).pathname;

/** The folder of one plane's migrations. */
export function folderOf(plane: Plane): string {
  return `${migrationsFolder}${plane}`;
}

/**
 * The migrations of a folder in the order they run.
 * @throws MigrationFileError for a file not named `NNNN_name.sql` or a number used twice.
 */
export async function readMigrations(folder: string): Promise<readonly MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const numbers = new Map<string, string>();
  for (const name of names) {
    const number = /^(\d{4})_[a-z0-9_]+(\.concurrent)?\.sql$/.exec(name)?.[1];
    if (number === undefined)
      throw new MigrationFileError(
        `${name}: a migration is named NNNN_name.sql or NNNN_name.concurrent.sql.`,
      );
    const other = numbers.get(number);
    if (other !== undefined) throw new MigrationFileError(`${other} and ${name} have the same number.`);
    numbers.set(number, name);
  }
  return Promise.all(
    names.map(async (name) => {
      const text = await Bun.file(`${folder}/${name}`).text();
      const inTransaction = !name.endsWith(".concurrent.sql") && !/^\s*-- no transaction\b/i.test(text);
      return { name, text, inTransaction, sha256: sha256(text) };
    }),
  );
}

/** The statements of a file, for those that run one by one: apart at Drizzle's `--> statement-breakpoint`. */
export function statementsOf(file: MigrationFile): readonly string[] {
  return file.text
    .split("--> statement-breakpoint")
    .map((statement) => statement.trim())
    .filter((statement) => statement.replaceAll(/--.*$/gm, "").trim() !== "");
}

/** One name for the whole set: changes when any file is added, changed or renamed. */
export function hashOf(files: readonly MigrationFile[]): string {
  return sha256(files.map((file) => `${file.name}:${file.sha256}`).join("\n"));
}
