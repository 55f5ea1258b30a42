import { createHash } from "node:crypto";
import { databaseExists, dropDatabase, ensureDatabase, hasCode } from "./databases.ts";
import { quoteIdent } from "./identifiers.ts";
import { migrate } from "./migrate.ts";
import { folderOf, hashOf, readMigrations } from "./migrate-files.ts";
import { withDatabaseLock } from "./migrate-lock.ts";
import type { Place } from "./planes.ts";

/** The schema of a hospital that has a database of its own. */
export const hospitalSchema = "hospital";

const prefix = "wardline_template_";
/** Grows by one when something besides the migration files changes what a fresh template holds. */
const recipe = 1;
const unknownDatabase = "3D000";

/**
 * The name of an empty, fully migrated hospital database to clone new ones from, made on first call. It is
 * built under another name and renamed when it is whole, so that a kill mid-way leaves nothing half made
 * under this name. Templates of other migration sets are dropped when a new one is built.
 * `admin` may create databases; the first build takes about a second, later calls a few milliseconds.
 */
export async function ensureHospitalTemplate(
  admin: Place,
  options: { readonly folder?: string } = {},
): Promise<string> {
  const folder = options.folder ?? folderOf("hospital");
  const set = hashOf(await readMigrations(folder));
  const name = prefix + createHash("sha256").update(`${recipe}:${set}`).digest("hex").slice(0, 16);
  if (await databaseExists(admin, name)) return name;
  return withDatabaseLock(admin, "hospital-template", async (session) => {
    const present = await session<{ datname: string }[]>`
      select datname from pg_database where starts_with(datname, ${prefix})`;
    if (present.some((row) => row.datname === name)) return name;
    for (const { datname } of present) await dropDatabase(admin, datname);
    const building = `${name}_new`;
    await ensureDatabase(admin, building);
    await migrate({ ...admin, database: building, schema: hospitalSchema }, "hospital", { folder });
    // Nobody may connect to it from now on, so that it can be cloned at any moment.
    await session.unsafe(`alter database ${quoteIdent(building)} allow_connections false is_template true`);
    await session.unsafe(`alter database ${quoteIdent(building)} rename to ${quoteIdent(name)}`);
    return name;
  });
}

/**
 * Makes the database of a hospital, migrated (schema `hospital`) and closed to everybody but its owner;
 * leaves one that is there alone. Grants are the caller's next step (`grantHospital`).
 * @returns whether this call made it.
 */
export async function createHospitalDatabase(
  admin: Place,
  name: string,
  options: { readonly owner?: string; readonly folder?: string } = {},
): Promise<boolean> {
  const { folder, ...rest } = options;
  for (let attempt = 1; ; attempt += 1) {
    const template = await ensureHospitalTemplate(admin, folder === undefined ? {} : { folder });
    try {
      return await ensureDatabase(admin, name, { ...rest, template });
    } catch (error) {
      // A process of another version built its template in between and dropped ours.
      if (!hasCode(error, unknownDatabase) || attempt === 3) throw error;
    }
  }
}
