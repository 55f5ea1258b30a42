import { withSession } from "../../db/migrate-lock.ts";
import type { NodeHealth, NodeReport } from "../../db/schema/control/nodes.ts";
import { AppError } from "../errors.ts";
import { askDatabase } from "../owner/health/ask-database.ts";
import type { Services } from "../tenancy/services.ts";
import { doCommand, type OwnerCommand } from "./commands.ts";
import { noteTime, takeDocument } from "./configuration.ts";
import type { SignedDocument } from "./document.ts";
import { documentOf } from "./hospital.ts";
import { OwnerAway } from "./owner-link.ts";
import { placesOfNode, poolOfNode } from "./pool.ts";
import { retire } from "./push.ts";
import { linkOf, readNodeState, requireJoined } from "./state.ts";

/** The owner answers at once when there is something, else after this long: it reaches a server behind NAT so. */
const waitMs = 25_000;
const shortestMs = 1_000;
const longestMs = 60_000;
const appVersion = "0.1.0";

interface News {
  readonly document: SignedDocument | null;
  readonly commands: readonly OwnerCommand[];
}

export interface Courier {
  close(): Promise<void>;
}

/**
 * Keeps the link to the owner: tells how this server is, fetches what the owner signed and what it asks for, does it
 * and answers. Without a link it tries again, at growing and uneven intervals.
 */
export function startCourier(services: Services): Courier {
  const ending = new AbortController();
  const running = run(services, ending.signal);
  return {
    async close() {
      ending.abort();
      await running;
    },
  };
}

async function run(services: Services, signal: AbortSignal): Promise<void> {
  let pauseMs = 0;
  let away = false;
  while (!signal.aborted) {
    try {
      await fetchNews(services, signal);
      if (away) services.log.info("The owner's server is heard again");
      away = false;
      pauseMs = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (!away) services.log.warn({ err: error }, "The owner's server is not heard; the hospital works on");
      away = true;
      await noteTime(services, false).catch(() => {});
      if (error instanceof AppError && (error.code === "node.revoked" || error.code === "sync.fenced"))
        await retire(services).catch(() => {});
      else if (!(error instanceof OwnerAway) && !(error instanceof AppError))
        services.log.error({ err: error }, "Keeping the link to the owner failed");
      pauseMs = Math.min(Math.max(pauseMs, shortestMs) * 2, longestMs);
      await pause(pauseMs * (0.5 + Math.random() / 2), signal);
    }
  }
}

/** One turn: report, wait for news, act on them. */
// open: called by the courier, as the hospital's own server
export async function fetchNews(
  services: Services,
  signal?: AbortSignal,
  patienceMs = waitMs,
): Promise<number> {
  const state = requireJoined(await readNodeState(poolOfNode(services).db));
  const link = linkOf(state, services.keyring);
  const question = {
    documentVersion: state.documentVersion,
    issuedAt: documentOf(state)?.issuedAt ?? 0,
    waitMs: patienceMs,
    address: state.address,
    report: await reportOf(services),
  };
  const { text } = await link.send("/news", JSON.stringify(question), {
    timeoutMs: patienceMs + 20_000,
    ...(signal === undefined ? {} : { signal }),
  });
  const news = JSON.parse(text) as News;
  await noteTime(services, true);
  if (news.document !== null) await takeDocument(services, news.document);
  for (const command of news.commands) {
    const answer = await doCommand(services, command);
    await link.send("/answers", JSON.stringify({ id: command.id, ...answer }));
  }
  return news.commands.length;
}

/** Asked of this server's own database as the owner's side asks those within its reach. */
async function healthOf(services: Services): Promise<NodeHealth | undefined> {
  const { admin } = placesOfNode(services);
  const answer = await askDatabase(admin, [admin.schema]);
  const probe = answer.lost === null ? answer.bySchema.get(admin.schema)?.probe : undefined;
  if (probe?.reachable !== true) return undefined;
  const { latencyMs, connectMs, sizeBytes, serverVersion, connections, connectionLimit } = probe;
  return {
    at: services.clock.now().toISOString(),
    ...{ latencyMs: latencyMs ?? 0, connectMs: connectMs ?? 0, sizeBytes: sizeBytes ?? 0 },
    ...{ serverVersion: serverVersion ?? "unknown", connections: connections ?? 0 },
    ...{ connectionLimit: connectionLimit ?? 0, schemaVersion: probe.schemaVersion },
    lastVerifiedAt: probe.lastVerifiedAt?.toISOString() ?? null,
    verifiedEqual: probe.verifiedEqual,
  };
}

async function reportOf(services: Services): Promise<NodeReport> {
  const health = await healthOf(services);
  return withSession(placesOfNode(services).admin, async (session) => {
    const [row] = await session<
      {
        lagRows: number;
        logBytes: number;
        code: string | null;
        reason: string | null;
        sequences: Record<string, string>;
      }[]
    >`
      select sync_waiting()::float8 as "lagRows", parked_code as code, parked_reason as reason, sync_sequences() as sequences,
        (pg_total_relation_size('sync_log_0') + pg_total_relation_size('sync_log_1') + pg_total_relation_size('sync_log_2'))::float8 as "logBytes"
      from sync_state`;
    return {
      version: appVersion,
      ...(health === undefined ? {} : { health }),
      ...{ lagRows: row?.lagRows ?? null, logBytes: row?.logBytes ?? null, sequences: row?.sequences ?? {} },
      parked: row?.code ? { code: row.code, reason: (row.reason ?? row.code).slice(0, 600) } : null,
    };
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
