import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type postgres from "postgres";
import { openClient } from "../../db/connect.ts";
import { dropDatabase, dropRole, ensureDatabase } from "../../db/databases.ts";
import type { Place } from "../../db/planes.ts";
import { testCluster } from "../support/database.ts";

/** The throw-away server, signed in to as the one that may do everything. */
export const admin: Place = { ...(await testCluster()).local, database: "postgres", schema: "hospital" };

/** What a query answers as plain lists of plain values. */
export async function valuesOf(query: { values(): PromiseLike<unknown> }): Promise<unknown[][]> {
  return [...((await query.values()) as unknown[][])];
}

/** Waits until the server says so; for states that nothing announces. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await Bun.sleep(10);
}

/** A name no other test has. */
export function freshName(prefix: string): string {
  return `${prefix}_${Bun.randomUUIDv7().replaceAll("-", "").slice(-12)}`;
}

/** What a test made, undone in reverse order when it ends. */
export class Scratch {
  readonly #undo: (() => Promise<unknown>)[] = [];

  /** An empty database of its own. */
  async database(schema = "hospital"): Promise<Place> {
    const name = freshName("scratch");
    await ensureDatabase(admin, name);
    this.#undo.push(() => dropDatabase(admin, name));
    return { ...admin, database: name, schema };
  }

  /** A name for a database that the test makes itself. */
  databaseName(prefix = "scratch"): string {
    const name = freshName(prefix);
    this.#undo.push(() => dropDatabase(admin, name));
    return name;
  }

  /** A name for a role that the test makes itself. */
  roleName(): string {
    const name = freshName("role");
    this.#undo.unshift(() => dropRole(admin, name));
    return name;
  }

  client(place: Place, options: postgres.Options<Record<string, never>> = {}): postgres.Sql {
    const client = openClient(place, { max: 1, ...options });
    this.#undo.push(() => client.end({ timeout: 1 }));
    return client;
  }

  /** A folder holding these files. */
  async folder(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "wardline-migrations-"));
    this.#undo.push(() => rm(folder, { recursive: true }));
    for (const [name, text] of Object.entries(files)) await Bun.write(join(folder, name), text);
    return folder;
  }

  onEnd(undo: () => Promise<unknown>): void {
    this.#undo.push(undo);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const undo of this.#undo.reverse()) await undo();
  }
}
