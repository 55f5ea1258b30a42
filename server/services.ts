import { type ConnectOptions, createConnections } from "../db/connect.ts";
import type { Place } from "../db/planes.ts";
import type { OpenJobQueue } from "../jobs/queue.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Keyring } from "./crypto.ts";
import type { Env } from "./env.ts";
import type { Log } from "./log.ts";
import { hearMail } from "./mail/announce.ts";
import { createResolver } from "./tenancy/resolve.ts";
import type { Services } from "./tenancy/services.ts";

export interface ServiceParts {
  readonly env: Env;
  readonly log: Log;
  readonly keyring: Keyring;
  readonly controlPlace: Place;
  readonly queue: OpenJobQueue;
  readonly clock?: Clock;
  readonly connect?: Omit<ConnectOptions, "control">;
}

const stopHearing = new WeakMap<OpenJobQueue, () => void>();

/** The act's own transaction may still be open: a moment later it is not. What is missed, the sweep finds. */
const afterTheActMs = 300;

function askForDelivery(queue: OpenJobQueue, tenantId: string | null): void {
  const options = { dedupeKey: tenantId ?? "owner", delayMs: afterTheActMs };
  void (tenantId === null ? queue.add("mail.send-owner", {}, options) : queue.add("mail.send", { tenantId }, options));
}

/** Puts together what one process has. Nothing is connected until it is used. */
export function createServices(parts: ServiceParts): Services {
  const connections = createConnections({ ...parts.connect, control: parts.controlPlace });
  const base = { ...parts, clock: parts.clock ?? systemClock, connections };
  stopHearing.set(
    parts.queue,
    hearMail((place) => askForDelivery(parts.queue, place)),
  );
  return { ...base, resolver: createResolver(base) };
}

/** Hears of changed hospitals from other copies of the app, for as long as the process lives. */
export async function hearTenantChanges(services: Services): Promise<void> {
  await services.connections.listen("tenants_changed", () => services.resolver.forget());
}

export async function closeServices(services: Services): Promise<void> {
  stopHearing.get(services.queue)?.();
  await services.queue.close();
  await services.connections.close();
}
