import { Elysia } from "elysia";
import type { Page } from "../../views/page.ts";
import { isUserSessionOpen, type SignedInUser, userOfCookie, userOfToken } from "../auth/hospital-actor.ts";
import { AppError } from "../errors.ts";
import type { Hospital, HospitalContext, HospitalGate } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { callsPerDay } from "./calls-per-day.ts";
import { hospitalContext, hospitalGate } from "./contexts.ts";
import { readCookie, sessionCookieName } from "./cookies.ts";
import { refuseForeignForm, requireCsrf } from "./csrf.ts";
import { enrolFirst, mustChangePassword } from "./errors.ts";
import { factsOf } from "./facts.ts";
import { apiKeyText, enterByKey, hospitalKeyDoor, nameProgram } from "./keys.ts";
import { refuseOtherBodies } from "./media.ts";
import { strangersPage, usersPage } from "./page.ts";
import { keyCallsPerMinute, limitApi, limitStranger } from "./rate-limit.ts";
import { enterSupportPage, withWaiting } from "./support.ts";

/** The bearer token of a request, or null. */
export function bearerOf(request: Request): string | null {
  const match = /^Bearer ([A-Za-z0-9._~+/=-]+)$/.exec(request.headers.get("authorization") ?? "");
  return match?.[1] ?? null;
}

/** The user whose browser asks, by the session cookie; null where nobody is signed in. */
export async function signedInUser(services: Services, request: Request): Promise<SignedInUser | null> {
  const secret = readCookie(request, sessionCookieName(factsOf(request).secure));
  return secret === null || secret.length < 20 || secret.length > 100
    ? null
    : userOfCookie(hospitalGate(services, request), secret);
}

const needSignIn = () => new AppError("unauthenticated", "auth.session-ended", "Sign in to go on.");

/** X-Tenant-ID gives no rights; where a client sends it, it has to be of the hospital that the token is for. */
function refuseOtherTenant(request: Request, hospital: Hospital): void {
  const named = request.headers.get("x-tenant-id");
  if (named !== null && named !== hospital.id && named !== hospital.subdomain)
    throw new AppError("not-found", "tenant.mismatch", "There is nothing here for that X-Tenant-ID.");
}

/** What a route's derivation is given. */
export interface Entering {
  readonly request: Request;
  readonly body: unknown;
  readonly route: string;
}

/** The paths of the API that somebody reaches before their role's second factor is set up. */
export const beforeEnrolment = /^\/api\/v1\/(?:tenant|owner)\/auth\//;

/** @throws AppError forbidden (403): the role asks for a second factor first. */
export function refuseBeforeEnrolment(enrolmentDue: boolean, isOpen: boolean): void {
  if (enrolmentDue && !isOpen)
    throw new AppError("forbidden", enrolFirst, "Your role asks for a second factor. Set it up first.");
}

/** The paths of the API that somebody reaches before they have a password of their own. */
export const beforePasswordApi = /^\/api\/v1\/(?:tenant|owner)\/auth\/(?:password|me|logout)$/;

/** The pages. */
export const beforePassword = /^\/(?:profile\/password|sign-out)$/;

/** A password that somebody else knows, or that is too old, opens nothing but its change. @throws AppError forbidden (403). */
export function refuseBeforePassword(due: boolean, isOpen: boolean): void {
  if (due && !isOpen)
    throw new AppError("forbidden", mustChangePassword, "Choose a password of your own first.");
}

/** Lets a program in by its API key. @throws AppError unauthenticated (401), forbidden (403). */
async function enterHospitalByKey(
  gate: HospitalGate,
  text: string,
  { request, body, route }: Entering,
): Promise<HospitalContext> {
  const door = hospitalKeyDoor(gate);
  const key = await enterByKey(door, text).catch((error: unknown) => {
    limitStranger(request, gate.client.address);
    throw error;
  });
  factsOf(request).stillOpen = () =>
    enterByKey(door, text).then(
      () => true,
      () => false,
    );
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
  refuseBeforePassword(user.mustChangePassword, beforePasswordApi.test(route));
  refuseBeforeEnrolment(user.enrolmentDue, beforeEnrolment.test(route));
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

/** Pages about one's own account: reachable before a password of one's own and a second factor are there. */
export const beforeFactor = /^\/(?:profile\/(?:second-factor|password|confirm)(?:\/|$)|sign-out$)/;

/** Lets a browser in by its cookie; a change needs the form's proof. @throws AppError unauthenticated (401), forbidden (403). */
export async function enterHospitalPage(services: Services, { request, body, route }: Entering) {
  const facts = factsOf(request);
  facts.route = route;
  const user = await signedInUser(services, request);
  if (user === null) throw needSignIn();
  const page = usersPage(services, request, user);
  facts.page = page;
  const gate = hospitalGate(services, request);
  const { sessionId } = user.actor;
  facts.stillOpen = () => isUserSessionOpen(gate, sessionId);
  requireCsrf(request, services.keyring, sessionId, body);
  facts.form = body;
  refuseBeforePassword(user.mustChangePassword, beforePassword.test(route));
  refuseBeforeEnrolment(user.enrolmentDue, beforeFactor.test(route));
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
    refuseForeignForm(request);
    const gate = hospitalGate(services, request);
    if (route.startsWith("/api/")) {
      await nameProgram(request, hospitalKeyDoor(gate));
      refuseOtherBodies(request, route, body);
    }
    return { gate, page: strangersPage(services, request) };
  });
