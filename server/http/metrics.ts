import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { queueNumbers } from "../../jobs/health.ts";
import type { Services } from "../tenancy/services.ts";
import { factsOf, type RequestFacts } from "./facts.ts";

const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: "wardline_" });

const seconds = new Histogram({
  name: "wardline_http_request_seconds",
  help: "Time from request to answer.",
  labelNames: ["portal", "method", "route", "status"] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers: [registry],
});
const pools = new Gauge({
  name: "wardline_hospital_pools",
  help: "Hospitals with an open pool.",
  registers: [registry],
});
const jobs = new Gauge({
  name: "wardline_jobs",
  help: "Jobs by queue and state.",
  labelNames: ["queue", "state"] as const,
  registers: [registry],
});

/** The histogram of each kind of answer: to find it by its labels costs more than to count in it. */
const kinds = new Map<string, Histogram.Internal<"portal" | "method" | "route" | "status">>();

function kindOf(portal: string, method: string, route: string, status: number) {
  const name = `${portal} ${method} ${route} ${status}`;
  let kind = kinds.get(name);
  if (kind === undefined) {
    kind = seconds.labels(portal, method, route, String(status));
    kinds.set(name, kind);
  }
  return kind;
}

/** Counts and logs one answer. The log names the route, never the address with its search words. */
export function requestMetrics(
  services: Services,
  request: Request,
  facts: RequestFacts,
  status: number,
  tookMs: number,
): void {
  const route = facts.route ?? "none";
  kindOf(facts.portal, request.method, route, status).observe(tookMs / 1000);
  const line = {
    requestId: facts.client.requestId,
    hospital: facts.hospital?.subdomain,
    method: request.method,
    route,
    status,
    ms: Math.round(tookMs),
  };
  if (status >= 500) services.log.warn(line, "answered");
  else services.log.debug(line, "answered");
}

/** Prometheus text, for a scraper on this machine or behind a trusted proxy's rules; 404 for anyone else. */
export async function openMetrics(services: Services, request: Request): Promise<Response> {
  const { address } = factsOf(request).client;
  if (address !== null && !/^(127\.|::1$|::ffff:127\.)/.test(address))
    return new Response("Not found", { status: 404 });
  pools.set(services.connections.stats().hospitalPools);
  for (const queue of await queueNumbers(services.queue).catch(() => [])) {
    jobs.labels(queue.queue, "waiting").set(queue.waiting);
    jobs.labels(queue.queue, "active").set(queue.active);
    jobs.labels(queue.queue, "failed").set(queue.failed);
  }
  return new Response(await registry.metrics(), {
    headers: { "content-type": registry.contentType, "cache-control": "no-store" },
  });
}
