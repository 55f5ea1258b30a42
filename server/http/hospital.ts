import { Elysia } from "elysia";
import type { Page } from "../../views/page.ts";
import { isUserSessionOpen, type SignedInUser, userOfCookie, userOfToken } from "../auth/hospital-actor.ts";
import { AppError } from "../errors.ts";
import type { Hospital, HospitalContext, HospitalGate } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { callsPerDay } from "./calls-per-day.ts";
import { hospitalContext, hospitalGate } from "./contexts.ts";
import { requireVisitorsProof } from "./csrf.ts";
import {
  admitBrowser,
  bearerOf,
  type Entering,
  needSignIn,
  refuseUndoneApi,
  sessionSecretOf,
} from "./entering.ts";
import { factsOf } from "./facts.ts";
import { admitKey, apiKeyText, hospitalKeyDoor, nameProgram } from "./keys.ts";
import { refuseOtherBodies } from "./media.ts";
import { strangersPage, usersPage } from "./page.ts";
import { keyCallsPerMinute, limitApi, limitStranger } from "./rate-limit.ts";
import { enterSupportPage, withWaiting } from "./support.ts";

/** The user whose browser asks, by the session cookie; null where nobody is signed in. */
export async function signedInUser(services: Services, request: Request): Promise<SignedInUser | null> {
  const secret = sessionSecretOf(request);
  return secret === null ? null : userOfCookie(hospitalGate(services, request), secret);
}

/** X-Tenant-ID gives no rights; where a client sends it, it has to be of the hospital that the token is for. */
function refuseOtherTenant(request: Request, hospital: Hospital): void {
  const named = request.headers.get("x-tenant-id");
  if (named !== null && named !== hospital.id && named !== hospital.subdomain)
    throw new AppError("not-found", "tenant.mismatch", "There is nothing here for that X-Tenant-ID.");
}

/** Lets a program in by its API key. @throws AppError unauthenticated (401), forbidden (403). */
async function enterHospitalByKey(
  gate: HospitalGate,
  text: string,
  { request, body, route }: Entering,
): Promise<HospitalContext> {
  const key = await admitKey(request, hospitalKeyDoor(gate), text);
  refuseOtherTenant(request, gate.hospital);
  const perMinute = key.callsPerMinute ?? keyCallsPerMinute;
  limitApi(request, {
    id: key.actor.keyId,
    perMinute,
    address: gate.client.address,
    where: gate.hospital.id,
    perDay: callsPerDay(gate),
  });
  refuseOtherBodies(request, route, body);
  return hospitalContext(gate, key.actor, request, body);
}

/** Lets a program in by its access token: whose it is, as the rules take it. @throws AppError unauthenticated (401). */
export async function enterHospitalApi(
  services: Services,
  { request, body, route }: Entering,
): Promise<HospitalContext> {
  const facts = factsOf(request);
  facts.route = route;
  const gate = hospitalGate(services, request);
  const token = bearerOf(request);
  const keyText = apiKeyText(request, token);
  if (keyText !== null) return enterHospitalByKey(gate, keyText, { request, body, route });
  const user = token === null ? null : await userOfToken(gate, token);
  if (user === null) {
    limitStranger(request, gate.client.address);
    throw needSignIn();
  }
  const { sessionId } = user.actor;
  facts.stillOpen = () => isUserSessionOpen(gate, sessionId);
  refuseOtherTenant(request, gate.hospital);
  limitApi(request, {
    id: sessionId,
    address: gate.client.address,
    where: gate.hospital.id,
    perDay: callsPerDay(gate),
  });
  refuseUndoneApi(user, route);
  refuseOtherBodies(request, route, body);
  return hospitalContext(gate, user.actor, request, body);
}

/**
 * For JSON routes of a hospital: the context of whoever's access token this is. Runs before validation, so that
 * a stranger gets 401 and never learns what a route takes. Cookies count for nothing here.
 */
export const hospitalApi = (services: Services) =>
  new Elysia().derive(
    { as: "scoped" },
    async ({ request, body, route }): Promise<{ ctx: HospitalContext }> => ({
      ctx: await enterHospitalApi(services, { request, body, route }),
    }),
  );

/** Lets a browser in by its cookie; a change needs the form's proof. @throws AppError unauthenticated (401), forbidden (403). */
export async function enterHospitalPage(services: Services, { request, body, route }: Entering) {
  factsOf(request).route = route;
  const user = await signedInUser(services, request);
  if (user === null) throw needSignIn();
  const page = usersPage(services, request, user);
  const gate = hospitalGate(services, request);
  const stillOpen = () => isUserSessionOpen(gate, user.actor.sessionId);
  admitBrowser(services, { request, body, route }, user, { page, stillOpen });
  const ctx = await hospitalContext(gate, user.actor, request, body);
  return { ctx, page, user: user.actor, enrolmentDue: user.enrolmentDue };
}

/** Lets a browser in, of the staff or of support. @throws AppError unauthenticated (401), forbidden (403). */
export async function enterHospital(
  services: Services,
  entering: Entering,
): Promise<{ readonly ctx: HospitalContext; readonly page: Page }> {
  const support = await enterSupportPage(services, entering);
  if (support !== null) return support;
  const { ctx, page } = await enterHospitalPage(services, entering);
  const whole = await withWaiting(ctx, page);
  factsOf(entering.request).page = whole;
  return { ctx, page: whole };
}

/** For pages of a hospital: the context and the page of whoever's browser this is, of the staff or of support. */
export const hospitalPages = (services: Services) =>
  new Elysia().derive({ as: "scoped" }, async ({ request, body, route }) =>
    enterHospital(services, { request, body, route }),
  );

/** For routes of a hospital that are open to strangers (sign-in): the door, and the page as a stranger sees it. */
export const hospitalOpen = (services: Services) =>
  new Elysia().derive({ as: "scoped" }, async ({ request, body, route }) => {
    factsOf(request).route = route;
    requireVisitorsProof(request, services.keyring, body);
    const gate = hospitalGate(services, request);
    if (route.startsWith("/api/")) {
      await nameProgram(request, hospitalKeyDoor(gate));
      refuseOtherBodies(request, route, body);
    }
    return { gate, page: strangersPage(services, request) };
  });
