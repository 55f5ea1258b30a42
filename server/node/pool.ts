import type { HospitalPool } from "../../db/connect.ts";
import type { Place } from "../../db/planes.ts";
import type { Services } from "../tenancy/services.ts";
import type { Carrier } from "./carrier.ts";

interface NodePlaces {
  readonly admin: Place;
  readonly app: Place;
  /** Null where nothing is sent from. */
  readonly carrier: Carrier | null;
}

const places = new WeakMap<Services["connections"], NodePlaces>();

/** Notes where the one hospital's database of this process is, and who carries its changes. */
export function settleNode(
  services: Services,
  { admin, app }: Pick<NodePlaces, "admin" | "app">,
  carrier: Carrier | null = null,
): void {
  places.set(services.connections, { admin, app, carrier });
}

/** @throws Error in a process that is not a hospital's own. */
export function placesOfNode(services: Services): NodePlaces {
  const found = places.get(services.connections);
  if (found === undefined) throw new Error("This process is not a hospital's own server.");
  return found;
}

/** The hospital's pool, as the role that the app works as. */
export function poolOfNode(services: Services): HospitalPool {
  return services.connections.hospital(placesOfNode(services).app);
}
