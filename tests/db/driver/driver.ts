import type postgres from "postgres";
import type { Place } from "../../../db/planes.ts";
import { admin } from "../scratch.ts";

/**
 * The driver under test. With `WARDLINE_TEST_DRIVER` set to the `src/index.js` of another copy, the same tests run
 * on that one. To see that each mend's test fails on the package as published: copy node_modules/postgres
 * elsewhere, undo the patch there (`patch -R -p1 < patches/postgres@3.4.9.patch`) and name that copy.
 */
const source = process.env["WARDLINE_TEST_DRIVER"] ?? "postgres";
const driver = ((await import(source)) as { default: typeof postgres }).default;

/** A pool of the driver under test on the throw-away server, ended with the test. */
export function pool(
  options: postgres.Options<Record<string, never>> = {},
  place: Place = admin,
): postgres.Sql & AsyncDisposable {
  const sql = driver({
    host: place.host,
    port: place.port,
    database: place.database,
    username: place.user,
    password: place.password,
    onnotice: () => {},
    connect_timeout: 5,
    ...options,
  });
  return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end({ timeout: 0 }) });
}

/** How long a pool waits before it connects again, in seconds. */
export const soon = () => 0.01;

/** What a promise fails with, or undefined when it does not; "late" when it does neither in time. */
export async function failure(
  run: PromiseLike<unknown>,
  withinMs = 3000,
): Promise<Error | undefined | "late"> {
  let timer: Timer | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), withinMs);
  });
  const settled = Promise.resolve(run).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The process id of the server's end of a connection. */
export async function backendOf(sql: postgres.Sql | postgres.TransactionSql): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  return row?.pid ?? 0;
}

/** Ends one connection from the server's side, and waits until it is gone. */
export async function terminate(sql: postgres.Sql, pid: number): Promise<void> {
  await sql`select pg_terminate_backend(${pid}, 5000)`;
}
