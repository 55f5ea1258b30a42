import { expireTrials as endTrials } from "../../server/bridge/configuration.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

export const expireTrials: JobHandler<"subscriptions.expire-trials", Services> = (_, services) =>
  endTrials(services);
