import type { Page } from "../../views/page.ts";
import { CodePage } from "../../views/sign-in/code-page.tsx";
import { SignInPage } from "../../views/sign-in-page.tsx";
import type { FieldError } from "../errors.ts";
import type { Services } from "../tenancy/services.ts";
import { readCookie, sessionCookieName } from "./cookies.ts";
import { factsOf } from "./facts.ts";
import { html } from "./reply.ts";

export interface SignInState {
  readonly status: number;
  readonly returnTo: string;
  readonly email?: string;
  readonly errors?: readonly FieldError[];
  /** What went wrong with the whole, in words. */
  readonly whole?: string;
}

const demoRoles = ["admin", "doctor", "nurse", "receptionist"];

/** The sign-in page of the portal that was asked; in a demonstration with the accounts one may try. */
export function signInView(
  services: Services,
  request: Request,
  page: Page,
  state: SignInState,
): Promise<Response> {
  const { hospital, secure } = factsOf(request);
  // Who still has the cookie of a session was put out, or stayed away too long: that is said, once.
  const refused = state.whole !== undefined || (state.errors ?? []).length > 0;
  const ended = !refused && readCookie(request, sessionCookieName(secure)) !== null;
  const demoEmails =
    hospital === null
      ? ["owner@wardline.example"]
      : demoRoles.map((role) => `${role}@${hospital.subdomain}.example`);
  const view = SignInPage({
    page,
    form: { values: { email: state.email ?? page.toast?.email }, errors: state.errors ?? [] },
    returnTo: state.returnTo,
    ended,
    ...(state.whole === undefined ? {} : { whole: state.whole }),
    demoEmails: services.env.demo ? demoEmails : [],
    mailbox: services.env.demo && services.env.smtpUrl === null,
  });
  return html(view, state.status);
}

export interface CodeState {
  readonly status: number;
  readonly returnTo: string;
  readonly errors?: readonly FieldError[];
  readonly whole?: string;
}

/** The second page of sign-in: the code of the app, or a recovery code. */
export function codeView(page: Page, state: CodeState): Promise<Response> {
  const { status, returnTo, errors = [], whole } = state;
  const form = { values: {}, errors };
  return html(CodePage({ page, form, returnTo, ...(whole === undefined ? {} : { whole }) }), status);
}
