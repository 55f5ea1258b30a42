import { resumeImportsDue } from "../../server/bridge/resume-imports.ts";
import { runImport as readFiles } from "../../server/hospital/import/run-import.ts";
import type { Services } from "../../server/tenancy/services.ts";
import { systemHospitalById } from "../../server/tenancy/system-hospital.ts";
import type { JobHandler } from "../run.ts";

/**
 * Reads one upload of records into a hospital:
 * 1. the files that are done are passed over;
 * 2. each other one is read in a transaction of its own;
 * 3. told to stop, it ends after the file it is at, and goes on with the next one at its next try.
 */
export const runImport: JobHandler<"import.run", Services> = async (
  { tenantId, importId },
  services,
  run,
) => {
  const context = await systemHospitalById(services, tenantId, run.actor.name);
  const done = await readFiles(context, importId, {
    signal: run.signal,
    onProgress: ({ recordsDone, recordsTotal }) =>
      run.progress((100 * recordsDone) / Math.max(1, recordsTotal)),
  });
  return { filesDone: done.filesDone, recordsDone: done.recordsDone, errorCount: done.errorCount };
};

export const resumeDue: JobHandler<"imports.resume-due", Services> = (_, services) =>
  resumeImportsDue(services);
