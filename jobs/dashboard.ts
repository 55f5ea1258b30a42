import { join } from "node:path";
import type { BullQueue } from "./backend.ts";
import { boardTheme } from "./board/theme.ts";
import { queues as lines, type QueueName, queueNames } from "./catalogue.ts";
import { type OpenJobQueue, queueOf } from "./queue.ts";

/** The board of queues, failures, retries and schedules. Whoever mounts it sees to sign-in first. */
export interface Dashboard {
  /** Answers a request under `path`. The request is handed on as it came, its body unread. */
  handle(request: Request): Promise<Response>;
}

export interface DashboardOptions {
  /** Where it is mounted. */
  readonly path?: string;
}

type Inner = { handle(request: Request): Response | Promise<Response> };

const namesFile = "names.js";
const changes = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * bull-board in an app of its own: as a plugin it would answer for the whole portal's errors. It is loaded at
 * the first visit, asks no other host for anything and runs no inline script. Its pages carry a policy of
 * their own, which allows inline styles: the editor of a job's data writes some.
 */
export function createDashboard(queue: OpenJobQueue, { path = "/jobs" }: DashboardOptions = {}): Dashboard {
  let inner: Inner | null = null;
  return {
    async handle(request) {
      if (changes.has(request.method) && !isSameOrigin(request))
        return refusal(403, "This did not come from this page.");
      if (new URL(request.url).pathname === `${path}/${namesFile}`)
        return new Response(Bun.file(join(import.meta.dir, "board", namesFile)));
      let response: Response;
      try {
        inner ??= await openBoard(await queue.queues(), path);
        response = await inner.handle(request);
        if (response.status >= 500) await queue.ping();
      } catch {
        return refusal(503, "The job queue cannot be reached just now.");
      }
      return response.headers.get("content-type")?.startsWith("text/html") === true
        ? await tidy(response)
        : response;
    },
  };
}

async function openBoard(queues: ReadonlyMap<QueueName, BullQueue>, path: string): Promise<Inner> {
  const [{ createBullBoard }, { BullMQAdapter }, { ElysiaAdapter }, { Elysia }] = await Promise.all([
    import("@bull-board/api"),
    import("@bull-board/api/bullMQAdapter"),
    import("@bull-board/elysia"),
    import("elysia"),
  ]);
  const serverAdapter = new ElysiaAdapter(path);
  createBullBoard({
    queues: queueNames.map(
      (name) => new BullMQAdapter(queueOf(queues, name) as never, { description: lines[name].about }),
    ),
    serverAdapter: serverAdapter as never,
    options: {
      uiConfig: {
        boardTitle: "Wardline jobs",
        hideDocsLink: true,
        miscLinks: [{ text: "Owner portal", url: "/" }],
        theme: boardTheme,
      },
    },
  });
  return new Elysia()
    .onError(({ code }) => (code === "NOT_FOUND" ? refusal(404, "There is no such page.") : undefined))
    .use(await serverAdapter.registerPlugin());
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page as it comes names a font server of another host, and many of its buttons have no name. */
async function tidy(response: Response): Promise<Response> {
  const page = (await response.text())
    .replace(/<link[^>]+href="https?:[^>]*>/g, "")
    .replace("</body>", `<script defer src="${namesFile}"></script></body>`);
  return new Response(page, {
    status: response.status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "cache-control": "no-store",
    },
  });
}

/** A cookie travels with other sites' requests too; changes are taken from the board's own page only. */
function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = request.headers.get("origin");
  return origin === null || URL.parse(origin)?.host === request.headers.get("host");
}

function refusal(status: number, text: string): Response {
  return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
