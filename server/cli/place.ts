import { commandActor } from "../auth/permissions.ts";
import { systemOwner } from "../bridge/system-context.ts";
import { AppError } from "../errors.ts";
import { onSiteError } from "../http/read-only.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { systemHospital } from "../tenancy/system-hospital.ts";
import { needed, UsageError } from "./arguments.ts";

/** One hospital as a command sees it; one that runs on its own server is only read. @throws AppError not-found. */
export async function insideHospital(services: Services, subdomain: string): Promise<HospitalContext> {
  const hospital = await services.resolver.hospitalBySubdomain(subdomain);
  if (hospital === null)
    throw new AppError("not-found", "hospital.not-found", `There is no hospital "${subdomain}".`);
  const context = systemHospital(services, hospital, commandActor.name);
  const { readOnly } = hospital;
  if (readOnly?.why !== "on-site") return context;
  return { ...context, write: () => Promise.reject(onSiteError(readOnly)) };
}

/** The owner plane as a command sees it. */
export const insideOwner = (services: Services): OwnerContext => systemOwner(services, commandActor.name);

/** Options of a command that works on either side of the house. */
export const placeOptions = {
  hospital: { type: "string" },
  owner: { type: "boolean", default: false },
} as const;

/** Which side a command means. @throws UsageError where it names none, or both; AppError not-found. */
export async function placeOf(
  services: Services,
  given: { readonly hospital?: string | undefined; readonly owner: boolean },
): Promise<
  | { readonly side: "hospital"; readonly context: HospitalContext }
  | { readonly side: "owner"; readonly context: OwnerContext }
> {
  if (given.owner && given.hospital !== undefined) throw new UsageError("--owner goes not with --hospital.");
  if (given.owner) return { side: "owner", context: insideOwner(services) };
  return { side: "hospital", context: await insideHospital(services, needed("hospital", given.hospital)) };
}
