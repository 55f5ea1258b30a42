import { Value } from "@sinclair/typebox/value";
import { NotFoundError, ParseError, type TSchema, ValidationError } from "elysia";
import { asUnavailable } from "../../db/outages.ts";
import { ErrorView } from "../../views/error-view.tsx";
import type { Page } from "../../views/page.ts";
import { stepUpRequired } from "../auth/step-up.ts";
import { AppError, invalidField } from "../errors.ts";
import { fieldErrors } from "../field-errors.ts";
import { restrictedCode } from "../hospital/privacy/access.ts";
import type { Hospital } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { confirmView, interruptedBy } from "./confirm-view.ts";
import { factsOf } from "./facts.ts";
import { Replayed } from "./idempotency.ts";
import { strangersPage } from "./page.ts";
import { onSiteError } from "./read-only.ts";
import { goTo, html, safeReturn, wantsFragment } from "./reply.ts";
import { signInView } from "./sign-in-view.ts";

/** What any thrown thing is, in the one model that people and programs are answered from. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof ValidationError) return invalidInput(error);
  if (error instanceof NotFoundError)
    return new AppError("not-found", "page.not-found", "There is nothing at this address.");
  if (error instanceof ParseError || error instanceof SyntaxError)
    return new AppError(
      "malformed",
      "body.unreadable",
      "The body could not be read as what its Content-Type says.",
      {
        fields: [
          {
            field: "body",
            code: "invalid",
            message: "The body could not be read as what its Content-Type says.",
          },
        ],
      },
    );
  return (
    asUnavailable(error) ??
    new AppError("internal", "internal", "Something went wrong on our side. Nothing was saved.", {
      cause: error,
    })
  );
}

function invalidInput(error: ValidationError): AppError {
  if (error.type === "params")
    return new AppError("not-found", "page.not-found", "There is nothing at this address.");
  // A number out of bounds is found when it is made of the text; then only its own schema is told, and where it stood.
  const { validator, value } = error;
  const errors = "Errors" in validator ? validator.Errors(value) : Value.Errors(validator as TSchema, value);
  const fields = fieldErrors(errors, 50, String(Reflect.get(error, "path") ?? ""));
  return new AppError("invalid", "input.invalid", "Some fields need correcting.", { fields });
}

/** RFC 9457. */
function problem(error: AppError, requestId: string): Response {
  const headers: Record<string, string> = { "content-type": "application/problem+json" };
  if (error.retryAfterSeconds !== undefined) headers["retry-after"] = String(error.retryAfterSeconds);
  if (error.kind === "unauthenticated") headers["www-authenticate"] = 'Bearer realm="wardline"';
  const body = {
    type: "about:blank",
    title: error.kind,
    status: error.status,
    code: error.code,
    detail: error.message,
    requestId,
    ...(error.fields.length > 0 ? { errors: error.fields } : {}),
    ...(error.details === undefined ? {} : { details: error.details }),
  };
  return new Response(JSON.stringify(body), { status: error.status, headers });
}

/**
 * The words of an error in the page's language: by its code, else by its kind. In English the rule's own sentence,
 * but where that names a right as programs do.
 */
export function errorText(page: Pick<Page, "t" | "lang">, error: AppError): string {
  const byCode: Readonly<Record<string, string>> = page.t.errors;
  if (page.lang === "en" && error.kind !== "internal" && rightWanting(error) === null) return error.message;
  return byCode[error.code] ?? page.t.errorKinds[error.kind];
}

/** The right for want of which something was refused. */
function rightWanting({ code, details }: AppError): string | null {
  const right: unknown = code === "permission.missing" ? details?.["permission"] : null;
  return typeof right === "string" ? right : null;
}

/** The code of a page refused until its person has a password of their own: they are led to where they choose one. */
export const mustChangePassword = "auth.must-change-password";

/** The code of a page refused until its person has the second factor that their role asks for. */
export const enrolFirst = "auth.second-factor-enrolment-required";

const isApi = (path: string) => /^\/(api|docs\/json|readyz|livez|metrics)(\/|$)/.test(path);

/** SQLSTATE: the role has no right to this, or the transaction takes no changes. */
const notAllowed = /^(42501|25006)$/;

/**
 * A copy takes no changes from the app: where its database refused one, the hospital has moved since this request
 * found its door, or a rule writes that only reads. What is remembered of it is looked up anew.
 */
async function ofCopy(
  services: Services,
  hospital: Hospital | null,
  thrown: unknown,
): Promise<AppError | null> {
  if (hospital === null || !notAllowed.test(stateOf(thrown) ?? "")) return null;
  services.resolver.forget();
  const { readOnly } = (await services.resolver.hospitalById(hospital.id).catch(() => null)) ?? hospital;
  return readOnly?.why === "on-site" ? onSiteError(readOnly) : null;
}

/** SQLSTATE of the driver's error that this is, or was caused by. */
function stateOf(thrown: unknown): string | null {
  const cause: unknown = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  const state: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, "code") : null;
  return typeof state === "string" ? state : null;
}

/** SQLSTATE: a text that is no date, no number, no id, or cannot be stored at all. */
const notOfItsType = /^(22007|22008|22003|22P02|22021|22P05)$/;

/** A cursor holds the sort key of a row; one that was altered can hold what the columns can't be compared with. */
function ofAlteredCursor(url: URL, thrown: unknown): AppError | null {
  return url.searchParams.has("cursor") && notOfItsType.test(stateOf(thrown) ?? "")
    ? invalidField("cursor", "invalid", "This is not a cursor of this list.")
    : null;
}

/** The one answer to whatever a route threw: a problem document for programs, a page for people, a log line for us. */
export async function answerError(services: Services, request: Request, thrown: unknown): Promise<Response> {
  if (thrown instanceof Replayed) return thrown.response;
  const facts = factsOf(request);
  const known = ofAlteredCursor(facts.url, thrown) ?? (await ofCopy(services, facts.hospital, thrown));
  const error = asAppError(known ?? thrown);
  if (error.status >= 500)
    services.log.error(
      { requestId: facts.client.requestId, code: error.code, err: error.cause ?? error },
      "a request failed",
    );
  if (isApi(facts.url.pathname)) return problem(error, facts.client.requestId);
  const page = facts.page ?? strangersPage(services, request);
  if (error.kind === "unauthenticated" && facts.portal !== "apex") return toSignIn(services, request);
  if (error.code === restrictedCode) return goTo(request, reasonAsked(error, request));
  if (error.code === mustChangePassword) return goTo(request, "/profile/password");
  if (error.code === enrolFirst) return goTo(request, "/profile/second-factor");
  if (error.code === stepUpRequired && facts.page !== null) {
    const withCode = error.details?.["secondFactor"] === true;
    return confirmView(facts.page, interruptedBy(request), { status: error.status, withCode });
  }
  const view = ErrorView({
    page,
    status: error.status,
    detail: errorText(page, error),
    right: rightWanting(error) ?? undefined,
    reference: facts.client.requestId,
    fragment: wantsFragment(request),
  });
  const response = await html(view, error.status);
  if (error.retryAfterSeconds !== undefined)
    response.headers.set("retry-after", String(error.retryAfterSeconds));
  return response;
}

/** A restricted record: first the page that asks for a reason, then what was asked for. */
function reasonAsked({ details }: AppError, request: Request): string {
  const { url } = factsOf(request);
  const id = String(details?.["patientId"]);
  const returnTo = request.method === "GET" ? `${url.pathname}${url.search}` : `/patients/${id}`;
  return `/patients/${id}/emergency-access?returnTo=${encodeURIComponent(returnTo)}`;
}

/** Strangers get the sign-in page in place of what they asked for, and after it are led there. */
async function toSignIn(services: Services, request: Request): Promise<Response> {
  const { url } = factsOf(request);
  const returnTo = request.method === "GET" ? safeReturn(`${url.pathname}${url.search}`) : "/";
  const response = await signInView(services, request, strangersPage(services, request), {
    status: 401,
    returnTo,
  });
  if (request.headers.get("hx-request") === "true") response.headers.set("hx-redirect", "/sign-in");
  return response;
}
