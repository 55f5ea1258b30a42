import { pushConfigurations } from "../../server/bridge/configuration.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

export const pushDue: JobHandler<"configuration.push-due", Services> = (_, services) =>
  pushConfigurations(services);
