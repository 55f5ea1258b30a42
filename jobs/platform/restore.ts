import { resumeDueRestores } from "../../server/bridge/restore.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

export const resumeDue: JobHandler<"restore.resume-due", Services> = (_, services) =>
  resumeDueRestores(services);
