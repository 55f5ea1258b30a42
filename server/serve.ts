import type { Server } from "bun";
import { type App, maxBodyBytes } from "./app.ts";
import type { Env } from "./env.ts";
import { AppError } from "./errors.ts";

/** The open door of one process. */
export interface Listening {
  readonly port: number;
  /** Takes no new requests, lets those that run end, and cuts off what is left after `withinMs` (open event streams). */
  stop(withinMs: number): Promise<void>;
}

/** How many ports above the usual one are tried where none was asked for. */
const nextPorts = 50;

/**
 * Opens the port. One that was asked for must be free; else the next free one is taken.
 * @throws AppError unavailable `port.taken`
 */
export function listen(app: App, env: Env): Listening {
  const last = env.portIsFixed ? env.port : Math.min(env.port + nextPorts, 65_535);
  for (let port = env.port; port <= last; port += 1) {
    const server = open(app, env, port);
    if (server === null) continue;
    return {
      port,
      async stop(withinMs) {
        const drained = server.stop(false).then(() => true);
        if (!(await Promise.race([drained, Bun.sleep(withinMs).then(() => false)]))) await server.stop(true);
      },
    };
  }
  throw new AppError(
    "unavailable",
    "port.taken",
    env.portIsFixed
      ? `Port ${env.port} is taken by another program. Stop that one, or set PORT to another.`
      : `All ports from ${env.port} to ${last} are taken. Set PORT to a free one.`,
  );
}

function open(app: App, env: Env, port: number): Server<undefined> | null {
  try {
    return Bun.serve({
      hostname: env.listenOn,
      port,
      // Several web processes may share a port; anywhere else a second one would take half of the first one's requests.
      reusePort: env.role === "web",
      development: false,
      idleTimeout: 60,
      maxRequestBodySize: maxBodyBytes + 1024 * 1024,
      fetch: (request, server) => app.handle(request, server.requestIP(request)?.address ?? null),
    });
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "EADDRINUSE") return null;
    if (code === "EACCES")
      throw new AppError(
        "unavailable",
        "port.refused",
        `This account may not open port ${port}. Set PORT to one above 1023.`,
        { cause: error },
      );
    throw error;
  }
}
