import { queueHealth } from "../../jobs/health.ts";
import type { Services } from "../tenancy/services.ts";
import { json } from "./reply.ts";

/** The process runs. */
export function livez(): Response {
  return json({ status: "alive" }, 200, { "cache-control": "no-store" });
}

const withinMs = 2_000;

async function answers(work: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), withinMs);
  try {
    return await Promise.race([work.then(() => true), late.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether everything that requests need serves: 200, or 503 with the names of what does not. */
export async function readyz(services: Services): Promise<Response> {
  const [control, queue] = await Promise.all([
    answers(services.directory.alive()),
    queueHealth(services.queue).catch(() => ({ ready: false })),
  ]);
  const missing = [...(control ? [] : [services.directory.name]), ...(queue.ready ? [] : ["jobs"])];
  const ready = missing.length === 0;
  return json({ status: ready ? "ready" : "not-ready", missing }, ready ? 200 : 503, {
    "cache-control": "no-store",
  });
}
