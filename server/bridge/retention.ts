import { cleanUp } from "../hospital/retention/retention.ts";
import type { Services } from "../tenancy/services.ts";
import { systemHospitalById } from "../tenancy/system-hospital.ts";

/** Takes away at every hospital that is worked here what is older than its policies say; one that does not answer has its turn tomorrow. */
// open: called by the job runner alone
export async function cleanUpHospitals(
  services: Services,
  name: string,
  signal: AbortSignal,
): Promise<{ readonly hospitals: number; readonly rows: number; readonly unreached: number }> {
  const open = await services.directory.workedHere();
  let rows = 0;
  let unreached = 0;
  for (const id of open) {
    if (signal.aborted) break;
    try {
      const counts = await cleanUp(await systemHospitalById(services, id, name), signal);
      rows += Object.values(counts).reduce((sum, n) => sum + n, 0);
    } catch (error) {
      unreached += 1;
      services.log.warn({ err: error, tenantId: id }, "a hospital could not be cleaned up");
    }
  }
  return { hospitals: open.length, rows, unreached };
}
