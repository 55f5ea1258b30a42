import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import postgres from "postgres";
import { quoteIdent, quoteText } from "./identifiers.ts";
import { type Session, withDatabaseLock, withSession } from "./migrate-lock.ts";
import type { Place } from "./planes.ts";

const duplicateDatabase = "42P04";
const uniqueViolation = "23505";
const duplicateRole = "42710";
const inUse = "55006";

/** Whether a database of that name is on the server. */
export async function databaseExists(admin: Place, name: string): Promise<boolean> {
  return withSession(admin, (session) => exists(session, name));
}

/**
 * Makes a database where there is none; leaves one that is there alone, whoever made it first. Nobody but
 * its owner and those granted later may connect. `template` is a database that nobody is connected to.
 * `admin` signs in to any other database of the server and may create databases.
 * @returns whether this call made it.
 */
export async function ensureDatabase(
  admin: Place,
  name: string,
  options: { readonly owner?: string; readonly template?: string } = {},
): Promise<boolean> {
  return withDatabaseLock(admin, `database:${name}`, async (session) => {
    const made = !(await exists(session, name)) && (await create(session, name, options));
    // Rights on the database itself are not copied from its template, and PUBLIC starts with CONNECT and TEMP.
    const [row] = await session<{ open: boolean }[]>`
      select has_database_privilege('public', ${name}, 'connect, temp') as open`;
    if (row?.open) await session.unsafe(`revoke all on database ${quoteIdent(name)} from public`);
    return made;
  });
}

/** Drops a database, ending whatever is connected to it. None of that name is no error. */
export async function dropDatabase(admin: Place, name: string): Promise<void> {
  await withSession(admin, async (session) => {
    const [row] = await session<{ datistemplate: boolean }[]>`
      select datistemplate from pg_database where datname = ${name}`;
    if (row?.datistemplate) await session.unsafe(`alter database ${quoteIdent(name)} is_template false`);
    await session.unsafe(`drop database if exists ${quoteIdent(name)} with (force)`);
  });
}

/**
 * Makes a role that may sign in and inherits nothing, or gives the one that is there this password.
 * `connectionLimit` bounds its connections over all processes; left out, a limit that is there stays.
 * The password is 1 to 200 printable ASCII characters; the server is sent its SCRAM verifier only.
 */
export async function ensureRole(
  admin: Place,
  name: string,
  password: string,
  options: { readonly connectionLimit?: number } = {},
): Promise<void> {
  const limit =
    options.connectionLimit === undefined ? "" : ` connection limit ${Math.trunc(options.connectionLimit)}`;
  const rights = `login noinherit password ${quoteText(scramVerifier(password))}${limit}`;
  await withDatabaseLock(admin, `role:${name}`, async (session) => {
    const [row] = await session`select 1 from pg_roles where rolname = ${name}`;
    if (row === undefined) {
      try {
        await session.unsafe(`create role ${quoteIdent(name)} ${rights}`);
        return;
      } catch (error) {
        if (!hasCode(error, duplicateRole, uniqueViolation)) throw error;
      }
    }
    await session.unsafe(`alter role ${quoteIdent(name)} ${rights}`);
  });
}

/** Drops a role that owns nothing and has been granted nothing any more. None of that name is no error. */
export async function dropRole(admin: Place, name: string): Promise<void> {
  await withSession(admin, (session) => session.unsafe(`drop role if exists ${quoteIdent(name)}`));
}

async function exists(session: Session, name: string): Promise<boolean> {
  const rows = await session`select 1 from pg_database where datname = ${name}`;
  return rows.length > 0;
}

async function create(
  session: Session,
  name: string,
  options: { readonly owner?: string; readonly template?: string },
): Promise<boolean> {
  const owner = options.owner === undefined ? "" : ` owner ${quoteIdent(options.owner)}`;
  const template = options.template === undefined ? "" : ` template ${quoteIdent(options.template)}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await session.unsafe(`create database ${quoteIdent(name)}${owner}${template}`);
      return true;
    } catch (error) {
      // Two at once: the second finds the name taken, either before it starts or as it commits.
      if (hasCode(error, duplicateDatabase, uniqueViolation)) return false;
      // Someone is still in the template (autovacuum, as a rule, for a moment).
      if (!hasCode(error, inUse) || attempt === 5) throw error;
      await Bun.sleep(100 * attempt);
    }
  }
}

/** Whether an error is the server's, with one of these SQLSTATE codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof postgres.PostgresError && codes.includes(error.code);
}

/** RFC 5803: what Postgres stores instead of a password. Sent in its place, the password stays out of server logs. */
function scramVerifier(password: string): string {
  if (!/^[\x20-\x7e]{1,200}$/.test(password))
    throw new RangeError("A database password is 1 to 200 printable ASCII characters.");
  const iterations = 4096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const keyed = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(keyed("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${keyed("Server Key").toString("base64")}`;
}
