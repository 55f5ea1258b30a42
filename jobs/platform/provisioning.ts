import { resumeDueProvisioning, resumeProvisioning } from "../../server/bridge/provision.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

/** A failure that leaves the hospital unusable is tried again; a copy that is still missing is left to the sweep. */
export const resumeOne: JobHandler<"provisioning.resume", Services> = async ({ tenantId }, services) => {
  const outcome = await resumeProvisioning(services, tenantId);
  if (outcome.status === "failed" && !outcome.ready) throw outcome.error;
  return { done: outcome.status === "done", busy: outcome.status === "busy" };
};

export const resumeDue: JobHandler<"provisioning.resume-due", Services> = (_, services) =>
  resumeDueProvisioning(services);
