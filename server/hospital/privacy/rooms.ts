import { type HospitalActor, may } from "../../auth/permissions.ts";

/** Which of the privacy pages somebody may enter. */
export function privacyRooms(actor: HospitalActor) {
  return {
    reviews: may(actor, "privacy:review"),
    retention: may(actor, "retention:read"),
    support: may(actor, "support:decide"),
  };
}
