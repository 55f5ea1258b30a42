import type { Page } from "../../views/page.ts";
import { AppError } from "../errors.ts";
import type { Services } from "../tenancy/services.ts";
import { readCookie, sessionCookieName } from "./cookies.ts";
import { requireCsrf } from "./csrf.ts";
import { enrolFirst, mustChangePassword } from "./errors.ts";
import { factsOf } from "./facts.ts";

/** What a route's derivation is given. */
export interface Entering {
  readonly request: Request;
  readonly body: unknown;
  readonly route: string;
}

/** The bearer token of a request, or null. */
export function bearerOf(request: Request): string | null {
  const match = /^Bearer ([A-Za-z0-9._~+/=-]+)$/.exec(request.headers.get("authorization") ?? "");
  return match?.[1] ?? null;
}

/** The secret of a browser's session; null where its cookie can be none. */
export function sessionSecretOf(request: Request): string | null {
  const secret = readCookie(request, sessionCookieName(factsOf(request).secure));
  return secret === null || secret.length < 20 || secret.length > 100 ? null : secret;
}

/** One answer to whoever is not signed in, or no more. */
export const needSignIn = () => new AppError("unauthenticated", "auth.session-ended", "Sign in to go on.");

/** What somebody has still to do before they may do anything else. */
interface Duties {
  readonly mustChangePassword: boolean;
  readonly enrolmentDue: boolean;
}

/** The paths of the API that somebody reaches before their role's second factor is set up. */
const beforeEnrolment = /^\/api\/v1\/(?:tenant|owner)\/auth\//;

/** @throws AppError forbidden (403): the role asks for a second factor first. */
function refuseBeforeEnrolment(enrolmentDue: boolean, isOpen: boolean): void {
  if (enrolmentDue && !isOpen)
    throw new AppError("forbidden", enrolFirst, "Your role asks for a second factor. Set it up first.");
}

/** The paths of the API that somebody reaches before they have a password of their own. */
const beforePasswordApi = /^\/api\/v1\/(?:tenant|owner)\/auth\/(?:password|me|logout)$/;

/** The pages. */
const beforePassword = /^\/(?:profile\/password|sign-out)$/;

/** A password that somebody else knows, or that is too old, opens nothing but its change. @throws AppError forbidden (403). */
export function refuseBeforePassword(due: boolean, isOpen: boolean): void {
  if (due && !isOpen)
    throw new AppError("forbidden", mustChangePassword, "Choose a password of your own first.");
}

/** Pages about one's own account: reachable before a password of one's own and a second factor are there. */
const beforeFactor = /^\/(?:profile\/(?:second-factor|password|confirm)(?:\/|$)|sign-out$)/;

/** What the API asks of whoever has something to do first. @throws AppError forbidden (403). */
export function refuseUndoneApi(person: Duties, route: string): void {
  refuseBeforePassword(person.mustChangePassword, beforePasswordApi.test(route));
  refuseBeforeEnrolment(person.enrolmentDue, beforeEnrolment.test(route));
}

/**
 * What every page asks of whoever is signed in: a change needs the form's proof, and first things come first.
 * @throws AppError forbidden (403).
 */
export function admitBrowser(
  services: Services,
  { request, body, route }: Entering,
  person: Duties & { readonly actor: { readonly sessionId: string } },
  shown: { readonly page: Page; readonly stillOpen: () => Promise<boolean> },
): void {
  const facts = factsOf(request);
  facts.page = shown.page;
  facts.stillOpen = shown.stillOpen;
  requireCsrf(request, services.keyring, person.actor.sessionId, body);
  facts.form = body;
  refuseBeforePassword(person.mustChangePassword, beforePassword.test(route));
  refuseBeforeEnrolment(person.enrolmentDue, beforeFactor.test(route));
}
