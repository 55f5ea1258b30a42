/**
 * Writes db/migrations/<plane>/0000_tables.sql anew from db/schema/<plane>. For the time before the first
 * release only: afterwards 0000_tables.sql is applied somewhere, and changes are files of their own
 * (`bun run db:generate:hospital`).
 *
 * Usage: bun bin/regenerate-tables.ts [control] [hospital]
 */
import { mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "..");
const cache = join(root, ".cache");
const lockFile = join(cache, "regenerate-tables.lock");

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** One run at a time. A lock whose process is gone is nobody's. */
async function takeLock(): Promise<void> {
  await mkdir(cache, { recursive: true });
  for (;;) {
    try {
      const file = await open(lockFile, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(
      await Bun.file(lockFile)
        .text()
        .catch(() => ""),
    );
    if (holder > 0 && !isAlive(holder)) await rm(lockFile, { force: true });
    else await Bun.sleep(100);
  }
}

async function regenerate(plane: string): Promise<void> {
  const folder = join(root, "db/migrations", plane);
  const fresh = await mkdtemp(join(cache, `tables-${plane}-`));
  try {
    const child = Bun.spawn(
      [
        process.execPath,
        join(root, "node_modules/drizzle-kit/bin.cjs"),
        "generate",
        "--dialect=postgresql",
        `--schema=./db/schema/${plane}`,
        `--out=${fresh.slice(root.length + 1)}`,
        "--casing=snake_case",
        "--name=tables",
      ],
      { cwd: root, stdout: "pipe", stderr: "pipe" },
    );
    const said = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
    const made = Bun.file(join(fresh, "0000_tables.sql"));
    if ((await child.exited) !== 0 || !(await made.exists()))
      throw new Error(`${plane}: drizzle-kit failed.\n${said}`);
    // The schema is a matter of where a hospital is placed; tables are named without one.
    const sql = (await made.text()).replaceAll('"public".', "");
    await Bun.write(join(fresh, "0000_tables.sql"), sql);
    await mkdir(folder, { recursive: true });
    await rm(join(folder, "meta"), { recursive: true, force: true });
    await rename(join(fresh, "meta"), join(folder, "meta"));
    await rename(join(fresh, "0000_tables.sql"), join(folder, "0000_tables.sql"));
    console.log(
      `${plane}: ${sql.match(/CREATE TABLE/g)?.length ?? 0} tables in db/migrations/${plane}/0000_tables.sql`,
    );
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

const planes = process.argv.slice(2);
await takeLock();
try {
  for (const plane of planes.length > 0 ? planes : ["control", "hospital"]) {
    if (plane !== "control" && plane !== "hospital") throw new Error(`There is no plane ${plane}.`);
    await regenerate(plane);
  }
} finally {
  await rm(lockFile, { force: true });
}
