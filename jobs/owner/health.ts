import { checkAllHospitals } from "../../server/bridge/health.ts";
import { refreshUsage } from "../../server/bridge/usage.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

/** Looks at every hospital's databases, and where the primary answers counts its patients and users. */
export const checkAll: JobHandler<"health.check-all", Services> = (_, services) =>
  checkAllHospitals(services, async (tenantId, { primary }) => {
    if (primary.reachable) await refreshUsage(services, tenantId);
  });
