import pLimit from "p-limit";
import { checkAllHospitals } from "../../server/bridge/health.ts";
import { forgetOldKeys, forgetOldOwnerKeys } from "../../server/bridge/old-keys.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

/**
 * Looks at every hospital:
 * 1. asks both its databases whether they are well, and how much they hold;
 * 2. and, each hospital once an hour, forgets requests that nobody will send again.
 */
export const checkAll: JobHandler<"health.check-all", Services> = async (_, services) => {
  const pass = await checkAllHospitals(services);
  await forgetOldOwnerKeys(services);
  const minute = services.clock.now().getUTCMinutes();
  const due = (await services.directory.workedHere()).filter((id) => minuteOf(id) === minute);
  await pLimit(2).map(due, async (tenantId) => {
    await forgetOldKeys(services, tenantId).catch((err: unknown) =>
      services.log.warn({ err, tenantId }, "A hospital's old requests could not be forgotten"),
    );
  });
  return pass;
};

/** The minute of the hour that is this hospital's. */
function minuteOf(id: string): number {
  return Number.parseInt(id.slice(-6), 16) % 60;
}
