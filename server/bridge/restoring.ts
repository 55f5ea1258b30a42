import type { Place } from "../../db/planes.ts";
import type { Tenant } from "../owner/tenants/tenant-status.ts";
import type { Services } from "../tenancy/services.ts";
import type { RestoreRun } from "./restore-record.ts";

/** One restore: where from, where to, and what is being replaced. */
export interface Restoring {
  readonly services: Services;
  readonly tenant: Tenant;
  /** As it stood when this attempt began. */
  readonly run: RestoreRun;
  readonly old: Place;
  readonly copy: Place;
  /** The server to restore on, on database `postgres`. */
  readonly server: Place;
  readonly target: Place;
}
