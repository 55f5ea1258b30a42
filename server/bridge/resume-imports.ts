import pLimit from "p-limit";
import { continueStalledImports } from "../hospital/import/start-import.ts";
import { continueStalledUserImports } from "../hospital/users/import/start-user-import.ts";
import type { Services } from "../tenancy/services.ts";
import { systemHospitalById } from "../tenancy/system-hospital.ts";

const atOnce = 4;

/**
 * Finds the imports of every hospital, of records and of staff, that should be going on and have lost their worker, as after a queue lost
 * what it held. One hospital's trouble keeps nobody else waiting.
 */
// open: called by the import job alone
export async function resumeImportsDue(
  services: Pick<Services, "connections" | "clock" | "resolver" | "directory" | "queue" | "log">,
): Promise<{ readonly resumed: number; readonly unreached: number }> {
  const counts = { resumed: 0, unreached: 0 };
  await pLimit(atOnce).map(await services.directory.workedHere(), async (tenantId) => {
    try {
      const context = await systemHospitalById(services, tenantId, "job:imports.resume-due");
      counts.resumed += await continueStalledImports(context, services.queue);
      counts.resumed += await continueStalledUserImports(context, services.queue);
    } catch (error) {
      counts.unreached += 1;
      services.log.error({ err: error, tenantId }, "A hospital's imports could not be looked through");
    }
  });
  return counts;
}
