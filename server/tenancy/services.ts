import type { Connections } from "../../db/connect.ts";
import type { Place } from "../../db/planes.ts";
import type { OpenJobQueue } from "../../jobs/queue.ts";
import type { Clock } from "../clock.ts";
import type { Keyring } from "../crypto.ts";
import type { Env } from "../env.ts";
import type { Log } from "../log.ts";
import type { TenantDirectory } from "./directory.ts";
import type { Resolver } from "./resolve.ts";

/** What one process has; made once by `createServices`, handed to portals, bridge, jobs and the command line. */
export interface Services {
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Log;
  /** The master key and those before it; other keys are derived from them or sealed with them. */
  readonly keyring: Keyring;
  readonly connections: Connections;
  /** The control database as its owner (@throws Error on a hospital's own server), for the few that connect directly (sync, provisioning, locks). */
  readonly controlPlace: Place;
  readonly queue: OpenJobQueue;
  /** Host and id to hospital. */
  readonly resolver: Resolver;
  /** What is known of hospitals beside their own databases. */
  readonly directory: TenantDirectory;
}
