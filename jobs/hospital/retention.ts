import { cleanUpHospitals } from "../../server/bridge/retention.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

export const cleanUpDue: JobHandler<"retention.clean-up-due", Services> = (_, services, run) =>
  cleanUpHospitals(services, run.actor.name, run.signal);
