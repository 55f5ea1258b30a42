import { csrfField, csrfHeader } from "../../views/page.ts";
import { hmac, type Key, type Keyring, sameSecret } from "../crypto.ts";
import { AppError } from "../errors.ts";
import { readCookie, visitorCookieName } from "./cookies.ts";
import { factsOf } from "./facts.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

const keys = new WeakMap<Key, Buffer>();

function proofBy(key: Key, sessionId: string): string {
  let derived = keys.get(key);
  if (derived === undefined) {
    derived = key.derive("csrf");
    keys.set(key, derived);
  }
  return hmac(derived, sessionId);
}

/** The proof that forms of this session carry: an HMAC of the session, of no use in another. */
export function csrfToken(keyring: Keyring, sessionId: string): string {
  return proofBy(keyring.current, sessionId);
}

/** Whether the browser says that the request comes from another site. Old browsers send neither header. */
function fromElsewhere(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = request.headers.get("origin");
  return origin !== null && URL.parse(origin)?.host !== request.headers.get("host");
}

/** For forms before sign-in: only from this site. @throws AppError forbidden (403). */
export function refuseForeignForm(request: Request): void {
  if (!safeMethods.has(request.method) && fromElsewhere(request))
    throw new AppError("forbidden", "csrf.foreign", "This form was sent from another site.");
}

/** The browser that a form before sign-in is shown in; named by this answer where it has no name yet. */
function visitorOf(request: Request): string {
  const facts = factsOf(request);
  const named = readCookie(request, visitorCookieName(facts.secure));
  if (named !== null && /^[A-Za-z0-9_-]{22}$/.test(named)) return named;
  facts.visitor ??= Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
  return facts.visitor;
}

/** The proof that forms before sign-in carry: an HMAC of the browser they were shown in. */
export function visitorToken(keyring: Keyring, request: Request): string {
  return csrfToken(keyring, `visitor ${visitorOf(request)}`);
}

/**
 * For forms before sign-in: where a proof came with the form, it is this browser's own, or of the session it has
 * meanwhile. A program that shows no form sends none. @throws AppError forbidden (403).
 */
export function requireVisitorsProof(
  request: Request,
  keyring: Keyring,
  body: unknown,
  sessionId: string | null = null,
): void {
  refuseForeignForm(request);
  const given: unknown = typeof body === "object" && body !== null ? Reflect.get(body, csrfField) : undefined;
  if (safeMethods.has(request.method) || typeof given !== "string" || given === "") return;
  const owners = [`visitor ${visitorOf(request)}`, ...(sessionId === null ? [] : [sessionId])];
  const fits = keyring.keys.some((key) => owners.some((owner) => sameSecret(given, proofBy(key, owner))));
  if (!fits) throw stale();
}

const stale = () =>
  new AppError(
    "forbidden",
    "csrf.stale",
    "This page had been open for too long. Go back, reload it and send it again.",
  );

/** For every change by a signed-in browser: from this site, and with the session's proof. @throws AppError forbidden (403). */
export function requireCsrf(request: Request, keyring: Keyring, sessionId: string, body: unknown): void {
  if (safeMethods.has(request.method)) return;
  refuseForeignForm(request);
  const field: unknown = typeof body === "object" && body !== null ? Reflect.get(body, csrfField) : undefined;
  const given = request.headers.get(csrfHeader) ?? (typeof field === "string" ? field : "");
  if (!keyring.keys.some((key) => sameSecret(given, proofBy(key, sessionId)))) throw stale();
}
