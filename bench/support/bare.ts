/**
 * The yardstick: a bare Elysia handler that runs the same SQL through postgres.js and does nothing else. It is
 * given, as JSON on its command line, where the hospital's database is and the statements that the app ran.
 */
import { Elysia } from "elysia";
import { openClient } from "../../db/connect.ts";
import type { Place } from "../../db/planes.ts";
import { type Fresh, newValues, type Statement, sendAgain } from "./statements.ts";

export interface BareTask {
  readonly place: Place;
  readonly list: readonly Statement[];
  readonly read: readonly Statement[];
  /** The statements of one registration, in their transaction; ids and the MRN are made anew each time. */
  readonly create: readonly Statement[];
  /** What of a registration's values is new each time. */
  readonly fresh: readonly Fresh[];
  readonly passwordHash: string;
}

const task = JSON.parse(process.argv[2] ?? "") as BareTask;
const sql = openClient(task.place, { max: 6 });

async function run(statements: readonly Statement[]): Promise<readonly Record<string, unknown>[]> {
  let rows: readonly Record<string, unknown>[] = [];
  for (const { text, values } of statements) {
    const answer = await sql.unsafe(text, values as never[], { prepare: true });
    if (answer.length > 0) rows = answer;
  }
  return rows;
}

const escaped = (value: unknown) => Bun.escapeHTML(String(value ?? ""));

function table(rows: readonly Record<string, unknown>[]): string {
  const body = rows
    .map(
      (row) =>
        `<tr>${Object.values(row)
          .map((value) => `<td>${escaped(value)}</td>`)
          .join("")}</tr>`,
    )
    .join("");
  return `<!doctype html><html><body><table>${body}</table></body></html>`;
}

const page = (text: string) =>
  new Response(text, { headers: { "content-type": "text/html; charset=utf-8" } });

async function create(): Promise<Record<string, unknown>> {
  const made = newValues(task.fresh);
  await sql.begin((tx) =>
    sendAgain((text, values) => tx.unsafe(text, values as never[], { prepare: true }), task.create, made),
  );
  return Object.fromEntries(made);
}

const app = new Elysia()
  .get("/list", () => run(task.list))
  .get("/list.html", async () => page(table(await run(task.list))))
  .get("/read", async () => (await run(task.read))[0] ?? {})
  .get("/read.html", async () => page(table(await run(task.read))))
  .post("/create", async ({ set }) => {
    set.status = 201;
    return create();
  })
  .post("/verify", async ({ body }) => ({
    fits: await Bun.password.verify(String(Reflect.get(Object(body), "password")), task.passwordHash),
  }))
  .listen({ port: 0, hostname: "127.0.0.1" });

console.log(app.server?.port);
