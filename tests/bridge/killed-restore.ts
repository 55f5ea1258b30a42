import { restoreHospital } from "../../server/bridge/restore.ts";
import { restoreSteps } from "../../server/bridge/restore-steps.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { servicesOn } from "./owner-plane.ts";

/** Restores a hospital and dies by SIGKILL as soon as the step `dieAfter` has done its work, before it is noted. */
const { plane, tenantId, confirmation, dieAfter } = JSON.parse(process.argv[2] ?? "{}");
const services = servicesOn(plane);
const steps = restoreSteps.map((step) =>
  step.key === dieAfter
    ? {
        ...step,
        run: async (restoring: Parameters<typeof step.run>[0]) => {
          await step.run(restoring);
          process.kill(process.pid, "SIGKILL");
          await new Promise(() => {});
        },
      }
    : step,
);
await restoreHospital(
  services,
  systemOwner(services, "test"),
  tenantId,
  { confirmation, anyway: true },
  steps,
);
process.exit(3);
