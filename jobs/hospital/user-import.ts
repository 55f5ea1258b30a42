import { runUserImport } from "../../server/hospital/users/import/run-user-import.ts";
import type { Services } from "../../server/tenancy/services.ts";
import { systemHospitalById } from "../../server/tenancy/system-hospital.ts";
import type { JobHandler } from "../run.ts";

/** Invites the people of a confirmed list, one after the other; told to stop, it goes on there at its next try. */
export const importUsers: JobHandler<"users.import", Services> = async (
  { tenantId, importId },
  services,
  run,
) => {
  const context = await systemHospitalById(services, tenantId, run.actor.name);
  const done = await runUserImport(context, importId, {
    signal: run.signal,
    onProgress: ({ rowsDone, ready }) => run.progress((100 * rowsDone) / Math.max(1, ready)),
  });
  return { rowsDone: done.rowsDone, created: done.created, failed: done.failed };
};
