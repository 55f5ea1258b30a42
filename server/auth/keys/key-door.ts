import type { Clock } from "../../clock.ts";
import type { ClientFacts } from "../../tenancy/context.ts";
import type { PlaneDb } from "../plane.ts";
import type { KeySide } from "./key-sides.ts";

/** Where keys are looked up: one hospital's database or the owner plane's. */
export interface KeyDoor extends KeySide {
  /** `owner` or the hospital's id. */
  readonly where: string;
  readonly db: PlaneDb;
  readonly clock: Clock;
  readonly client: ClientFacts;
  /** In the owner plane: the hospitals that a key of this maker reaches; null: every one. */
  readonly reachOf?: (makerId: string) => Promise<ReadonlySet<string> | null>;
}
