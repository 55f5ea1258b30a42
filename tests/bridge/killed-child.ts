import { provisionHospital } from "../../server/bridge/provision.ts";
import { provisioningSteps } from "../../server/bridge/provision-steps.ts";
import { systemOwner } from "../../server/bridge/system-context.ts";
import { asked } from "./asked.ts";
import { servicesOn } from "./owner-plane.ts";

/** Creates a hospital and dies by SIGKILL as soon as the step `dieAfter` has done its work, before it is noted. */
const { plane, subdomain, dieAfter } = JSON.parse(process.argv[2] ?? "{}");
const services = servicesOn(plane);
const steps = provisioningSteps.map((step) =>
  step.key === dieAfter
    ? {
        ...step,
        run: async (making: Parameters<typeof step.run>[0]) => {
          await step.run(making);
          process.kill(process.pid, "SIGKILL");
          await new Promise(() => {});
        },
      }
    : step,
);
await provisionHospital(services, systemOwner(services, "test"), asked(subdomain), steps);
process.exit(3);
