import { checkAllHospitals } from "../../server/bridge/health.ts";
import { forgetOldKeys, forgetOldOwnerKeys } from "../../server/bridge/old-keys.ts";
import { refreshUsage } from "../../server/bridge/usage.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

/**
 * Looks at every hospital:
 * 1. asks both its databases whether they are well;
 * 2. where the primary answers, counts its patients and users;
 * 3. and forgets requests that nobody will send again.
 */
export const checkAll: JobHandler<"health.check-all", Services> = async (_, services) => {
  await forgetOldOwnerKeys(services);
  return checkAllHospitals(services, async (tenantId, { primary }) => {
    if (!primary.reachable) return;
    await refreshUsage(services, tenantId);
    await forgetOldKeys(services, tenantId);
  });
};
