import { Elysia } from "elysia";
import type { Side } from "../auth/either-side.ts";
import { hospitalAccount, hospitalPlane } from "../auth/hospital-plane.ts";
import { ownerAccount, ownerPlane } from "../auth/owner-plane.ts";
import type { Account, Plane } from "../auth/plane.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../tenancy/services.ts";
import { hospitalGate, ownerGate } from "./contexts.ts";
import { requireVisitorsProof } from "./csrf.ts";
import { withDevice } from "./device.ts";
import { factsOf } from "./facts.ts";
import { enterHospitalApi, enterHospitalPage, signedInUser } from "./hospital.ts";
import { hospitalKeyDoor, nameProgram, ownerKeyDoor } from "./keys.ts";
import { refuseOtherBodies } from "./media.ts";
import { enterOwnerApi, enterOwnerPage, signedInOperator } from "./owner.ts";
import { strangersPage } from "./page.ts";

/** The side of the house that a request came to, as sign-in knows it. */
function planeOf(services: Services, request: Request, side: Side): Plane {
  return side === "hospital"
    ? hospitalPlane(hospitalGate(services, request))
    : ownerPlane(ownerGate(services, request));
}

/** For the routes of sign-in, open to strangers: the plane, and the page as a stranger sees it. */
export const openDoor = (services: Services, side: Side) =>
  new Elysia().derive({ as: "scoped" }, async ({ request, body, route }) => {
    factsOf(request).route = route;
    requireVisitorsProof(request, services.keyring, body);
    if (route.startsWith("/api/")) {
      const door =
        side === "hospital"
          ? hospitalKeyDoor(hospitalGate(services, request))
          : ownerKeyDoor(ownerGate(services, request));
      await nameProgram(request, door);
      refuseOtherBodies(request, route, body);
    }
    const plane = planeOf(services, request, side);
    return {
      plane: { ...plane, client: withDevice(request, plane.client) },
      page: strangersPage(services, request),
    };
  });

const onlyPeople = () =>
  new AppError(
    "forbidden",
    "account.none",
    "This is not a person's sign-in, so it has no account of its own.",
  );

/**
 * For pages about one's own account, of either plane. Its writes claim no Idempotency-Key, since what they answer
 * (secrets, recovery codes) must not be kept.
 */
export const accountPages = (services: Services, side: Side) =>
  new Elysia().derive({ as: "scoped" }, async ({ request, body, route }) => {
    if (side === "hospital") {
      const { page, user, enrolmentDue } = await enterHospitalPage(services, { request, body, route });
      return { page, enrolmentDue, account: hospitalAccount(hospitalGate(services, request), user) };
    }
    const { page, operator, enrolmentDue } = await enterOwnerPage(services, { request, body, route });
    return { page, enrolmentDue, account: ownerAccount(ownerGate(services, request), operator) };
  });

/** The same for the JSON routes. @throws AppError forbidden (403) for a program's own key. */
export const accountApi = (services: Services, side: Side) =>
  new Elysia().derive({ as: "scoped" }, async ({ request, body, route }): Promise<{ account: Account }> => {
    if (side === "hospital") {
      const { actor } = await enterHospitalApi(services, { request, body, route });
      if (actor.kind !== "user") throw onlyPeople();
      return { account: hospitalAccount(hospitalGate(services, request), actor) };
    }
    const { actor } = await enterOwnerApi(services, { request, body, route });
    if (actor.kind !== "operator") throw onlyPeople();
    return { account: ownerAccount(ownerGate(services, request), actor) };
  });

/** Whether somebody is signed in with this browser already. */
export async function isSignedIn(services: Services, request: Request, side: Side): Promise<boolean> {
  const found =
    side === "hospital" ? await signedInUser(services, request) : await signedInOperator(services, request);
  return found !== null;
}
