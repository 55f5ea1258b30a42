import { eraseDueTenants } from "../../server/bridge/erase.ts";
import type { Services } from "../../server/tenancy/services.ts";
import type { JobHandler } from "../run.ts";

export const eraseDue: JobHandler<"tenants.erase-due", Services> = (_, services) => eraseDueTenants(services);
