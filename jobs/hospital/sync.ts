import { pushDueHospitals, pushHospital, verifyDueHospitals } from "../../server/bridge/sync.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

export const pushDue: JobHandler<"sync.push-due", Services> = (_, services) => pushDueHospitals(services);

export const pushOne: JobHandler<"sync.push", Services> = async ({ tenantId }, services, run) => {
  const { rows } = await pushHospital(services, systemOwner(services, run.actor.name), tenantId);
  return { rows };
};

export const verifyDue: JobHandler<"sync.verify-due", Services> = (_, services, run) =>
  verifyDueHospitals(services, run.signal);
