import { type ConnectOptions, createConnections } from "../db/connect.ts";
import type { Place } from "../db/planes.ts";
import type { OpenJobQueue } from "../jobs/queue.ts";
import { writeLooks } from "./audit/reads.ts";
import { controlDirectory } from "./bridge/control-directory.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Keyring } from "./crypto.ts";
import type { Env } from "./env.ts";
import type { Log } from "./log.ts";
import { hearMail } from "./mail/announce.ts";
import type { TenantDirectory } from "./tenancy/directory.ts";
import { createResolver, type Resolver } from "./tenancy/resolve.ts";
import type { Services } from "./tenancy/services.ts";

export interface ServiceParts {
  readonly env: Env;
  readonly log: Log;
  readonly keyring: Keyring;
  /** Null on a hospital's own server. */
  readonly controlPlace: Place | null;
  readonly queue: OpenJobQueue;
  readonly clock?: Clock;
  readonly connect?: Omit<ConnectOptions, "control">;
  /** How this process knows its hospitals; left out, from the control database. */
  readonly known?: (base: Omit<Services, "resolver" | "directory">) => Known;
}

export interface Known {
  readonly resolver: Resolver;
  readonly directory: TenantDirectory;
}

const fromControl: NonNullable<ServiceParts["known"]> = (base) => ({
  resolver: createResolver(base),
  directory: controlDirectory(base),
});

const stopHearing = new WeakMap<OpenJobQueue, () => void>();

/** The act's own transaction may still be open: a moment later it is not. What is missed, the sweep finds. */
const afterTheActMs = 300;

function askForDelivery(queue: OpenJobQueue, tenantId: string | null): void {
  const options = { dedupeKey: tenantId ?? "owner", delayMs: afterTheActMs };
  void (tenantId === null
    ? queue.add("mail.send-owner", {}, options)
    : queue.add("mail.send", { tenantId }, options));
}

/** Puts together what one process has. Nothing is connected until it is used. */
export function createServices(parts: ServiceParts): Services {
  const connections = createConnections({ ...parts.connect, control: parts.controlPlace });
  const { env, log, keyring, queue, controlPlace, known = fromControl } = parts;
  const base = {
    ...{ env, log, keyring, queue, connections },
    clock: parts.clock ?? systemClock,
    get controlPlace() {
      if (controlPlace === null) throw new Error("A hospital's own server has no control database.");
      return controlPlace;
    },
  };
  stopHearing.set(
    parts.queue,
    hearMail((place) => askForDelivery(parts.queue, place)),
  );
  return Object.assign(base, known(base));
}

/** Hears of changed hospitals from other copies of the app, for as long as the process lives. */
export async function hearTenantChanges(services: Services): Promise<void> {
  await services.connections.listen("tenants_changed", () => services.resolver.forget());
}

export async function closeServices(services: Services): Promise<void> {
  stopHearing.get(services.queue)?.();
  await services.queue.close();
  await writeLooks().catch((error: unknown) =>
    services.log.error({ err: error }, "Looks at records could not be written before the end"),
  );
  await services.connections.close();
}
