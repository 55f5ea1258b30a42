import type { Page } from "../../views/page.ts";
import { browserSessionSeconds } from "../auth/sessions.ts";
import { type SignInInput, signInForm, signInInput } from "../auth/sign-in.input.ts";
import { AppError } from "../errors.ts";
import { parseForm } from "../input.ts";
import type { Services } from "../tenancy/services.ts";
import { clearCookie, sessionCookieName, setCookie } from "./cookies.ts";
import { errorText } from "./errors.ts";
import { factsOf } from "./facts.ts";
import { goTo, safeReturn } from "./reply.ts";
import { signInView } from "./sign-in-view.ts";

/** The form sent: on to where the person wanted to go with a session's cookie, or the form again with what was wrong. */
export async function takeSignIn(
  services: Services,
  request: Request,
  page: Page,
  body: unknown,
  signIn: (input: SignInInput) => Promise<{ readonly secret: string }>,
): Promise<Response> {
  const { email, returnTo } = signInForm(body);
  const view = { email, returnTo: safeReturn(returnTo) };
  const parsed = parseForm(signInInput, body);
  if (!parsed.ok) return signInView(services, request, page, { ...view, status: 422, errors: parsed.errors });
  try {
    const { secret } = await signIn(parsed.value);
    const facts = factsOf(request);
    const response = goTo(request, view.returnTo);
    const options = { maxAgeSeconds: browserSessionSeconds };
    response.headers.append("set-cookie", setCookie(facts, sessionCookieName(facts.secure), secret, options));
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

/** After the session has ended: to the sign-in page, the browser's copies cleared, since desks share computers. */
export function leave(request: Request): Response {
  const facts = factsOf(request);
  const response = goTo(request, "/sign-in");
  response.headers.append("set-cookie", clearCookie(facts, sessionCookieName(facts.secure)));
  response.headers.set("clear-site-data", '"cache", "storage"');
  return response;
}
