import { AppError } from "../errors.ts";
import type { Hospital, HospitalContext } from "./context.ts";
import type { Services } from "./services.ts";

/** A hospital as a job or a command sees it; `name` lands in the audit, e.g. `job:import.run`. */
export function systemHospital(
  services: Pick<Services, "connections" | "clock">,
  hospital: Hospital,
  name: string,
): HospitalContext {
  const pool = services.connections.hospital(hospital.place);
  return {
    hospital,
    actor: { kind: "system", name },
    client: { requestId: Bun.randomUUIDv7(), address: null, userAgent: null },
    clock: services.clock,
    db: pool.db,
    write: (work) => pool.transaction(work),
  };
}

/** The same for a hospital by its id. @throws AppError not-found where there is none, or it is not open. */
export async function systemHospitalById(
  services: Pick<Services, "connections" | "clock" | "resolver">,
  tenantId: string,
  name: string,
): Promise<HospitalContext> {
  const hospital = await services.resolver.hospitalById(tenantId);
  if (hospital === null || hospital.status !== "active")
    throw new AppError("not-found", "hospital.not-found", "There is no such hospital, or it is not open.");
  return systemHospital(services, hospital, name);
}
