import { copyDueFiles } from "../../server/bridge/files.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

export const copyDue: JobHandler<"files.copy-due", Services> = (_, services, run) =>
  copyDueFiles(services, run.signal);
