import { keepAudits } from "../../server/bridge/audit.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

export const keepAll: JobHandler<"audit.keep", Services> = (_, services, run) =>
  keepAudits(services, systemOwner(services, run.actor.name));
