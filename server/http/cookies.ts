import type { RequestFacts } from "./facts.ts";

/** The value of one cookie of the request, or null. */
export function readCookie(request: Request, name: string): string | null {
  const header = request.headers.get("cookie");
  if (header === null) return null;
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** The session cookie: `__Host-` binds it to one host over https; on http localhost browsers want a plain name. */
export function sessionCookieName(secure: boolean): string {
  return secure ? "__Host-wardline" : "wardline";
}

/** The cookie that a form shown before sign-in belongs to; bound as the session's is. */
export function visitorCookieName(secure: boolean): string {
  return secure ? "__Host-wardline-visitor" : "wardline-visitor";
}

/** The cookie between a sign-in's two steps; bound as the session's is. */
export function challengeCookieName(secure: boolean): string {
  return secure ? "__Host-wardline-step" : "wardline-step";
}

interface CookieOptions {
  readonly maxAgeSeconds?: number;
  readonly httpOnly?: boolean;
}

/** A Set-Cookie line bound to this host (no Domain), `SameSite=Lax`. Without an age it ends with the browser. */
export function setCookie(
  facts: Pick<RequestFacts, "secure">,
  name: string,
  value: string,
  options: CookieOptions = {},
): string {
  const parts = [`${name}=${value}`, "Path=/", "SameSite=Lax"];
  if (options.httpOnly ?? true) parts.push("HttpOnly");
  if (facts.secure) parts.push("Secure");
  if (options.maxAgeSeconds !== undefined) parts.push(`Max-Age=${options.maxAgeSeconds}`);
  return parts.join("; ");
}

export function clearCookie(facts: Pick<RequestFacts, "secure">, name: string): string {
  return setCookie(facts, name, "", { maxAgeSeconds: 0 });
}
