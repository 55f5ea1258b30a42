import type { Page } from "../../views/page.ts";
import type { Plane } from "../auth/plane.ts";
import { browserSessionSeconds, endSessionOfCookie } from "../auth/sessions.ts";
import { codeForm, proofOf, signInForm, signInInput } from "../auth/sign-in.input.ts";
import { answerChallenge, type SignedIn, signIn } from "../auth/sign-in.ts";
import { AppError } from "../errors.ts";
import { parseForm } from "../input.ts";
import type { Services } from "../tenancy/services.ts";
import { challengeCookieName, clearCookie, readCookie, sessionCookieName, setCookie } from "./cookies.ts";
import { deviceCookie } from "./device.ts";
import { errorText } from "./errors.ts";
import { factsOf } from "./facts.ts";
import { valuesOf } from "./form.ts";
import { goTo, safeReturn } from "./reply.ts";
import { codeView, signInView } from "./sign-in-view.ts";

/**
 * The password's form sent: on to where the person wanted to go with a session's cookie, or to the page of the code,
 * or the form again with what was wrong.
 */
export async function takeSignIn(
  services: Services,
  request: Request,
  page: Page,
  plane: Plane,
  body: unknown,
): Promise<Response> {
  const { email, returnTo } = signInForm(body);
  const view = { email, returnTo: safeReturn(returnTo) };
  const parsed = parseForm(signInInput, body);
  if (!parsed.ok) return signInView(services, request, page, { ...view, status: 422, errors: parsed.errors });
  try {
    const outcome = await signIn(plane, parsed.value, "browser");
    if (outcome.step === "in") return await enter(request, plane, outcome, view.returnTo);
    const facts = factsOf(request);
    const next = new URLSearchParams({ returnTo: view.returnTo });
    const response = goTo(request, `/sign-in/code?${next.toString()}`);
    const cookie = setCookie(facts, challengeCookieName(facts.secure), outcome.challenge, {
      maxAgeSeconds: outcome.expiresInSeconds,
    });
    response.headers.append("set-cookie", cookie);
    return response;
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    return signInView(services, request, page, {
      ...view,
      status: error.status,
      whole: errorText(page, error),
    });
  }
}

/** The code's form sent: in, or the form again; after too many tries, back to the password. */
export async function takeCode(
  services: Services,
  request: Request,
  page: Page,
  plane: Plane,
  body: unknown,
): Promise<Response> {
  const facts = factsOf(request);
  const cookie = challengeCookieName(facts.secure);
  const returnTo = safeReturn(valuesOf(body)["returnTo"]);
  const parsed = parseForm(codeForm, body);
  if (!parsed.ok) return codeView(page, { status: 422, returnTo, errors: parsed.errors });
  try {
    const challenge = readCookie(request, cookie) ?? "";
    const outcome = await answerChallenge(plane, { challenge, ...proofOf(parsed.value.code) }, "browser");
    const response = await enter(request, plane, outcome, returnTo);
    response.headers.append("set-cookie", clearCookie(facts, cookie));
    return response;
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const { status } = error;
    const whole = errorText(page, error);
    if (error.code !== "auth.challenge-over") return codeView(page, { status, returnTo, whole });
    const response = await signInView(services, request, page, { returnTo, status, whole });
    response.headers.append("set-cookie", clearCookie(facts, cookie));
    return response;
  }
}

/** In: always under a new secret, and whoever was signed in with this browser before is signed out. */
async function enter(
  request: Request,
  plane: Plane,
  { secret }: SignedIn,
  returnTo: string,
): Promise<Response> {
  const facts = factsOf(request);
  const name = sessionCookieName(facts.secure);
  const before = readCookie(request, name);
  if (before !== null && before !== "") {
    await endSessionOfCookie(plane.db, plane.tables, before, plane.clock.now());
    plane.forget();
  }
  const response = goTo(request, returnTo);
  response.headers.append("set-cookie", setSessionCookie(request, secret));
  response.headers.append("set-cookie", deviceCookie(request));
  return response;
}

/** The Set-Cookie line of a browser's session. */
export function setSessionCookie(request: Request, secret: string): string {
  const facts = factsOf(request);
  const options = { maxAgeSeconds: browserSessionSeconds };
  return setCookie(facts, sessionCookieName(facts.secure), secret, options);
}

/** After the session has ended: to the sign-in page, the browser's copies cleared, since desks share computers. */
export function leave(request: Request): Response {
  const facts = factsOf(request);
  const response = goTo(request, "/sign-in");
  response.headers.append("set-cookie", clearCookie(facts, sessionCookieName(facts.secure)));
  response.headers.set("clear-site-data", '"cache", "storage"');
  return response;
}
