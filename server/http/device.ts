import { randomSecret } from "../crypto.ts";
import type { ClientFacts } from "../tenancy/context.ts";
import { readCookie, setCookie } from "./cookies.ts";
import { factsOf } from "./facts.ts";

/** A browser's own mark; a sign-in keeps its hash, so that the account stays open there while others guess. */
const nameOf = (secure: boolean) => (secure ? "__Host-wardline-device" : "wardline-device");
const lifeSeconds = 365 * 24 * 3600;
const marks = new WeakMap<Request, string>();

function markOf(request: Request): string {
  const known = marks.get(request);
  if (known !== undefined) return known;
  const cookie = readCookie(request, nameOf(factsOf(request).secure));
  const mark = cookie !== null && /^[\w-]{43}$/.test(cookie) ? cookie : randomSecret();
  marks.set(request, mark);
  return mark;
}

/** The client of a request to sign in, with its browser's mark: the one it carries, else a new one. */
export function withDevice(request: Request, client: ClientFacts): ClientFacts {
  return { ...client, device: markOf(request) };
}

/** The Set-Cookie line that lets the browser keep its mark. */
export function deviceCookie(request: Request): string {
  const facts = factsOf(request);
  return setCookie(facts, nameOf(facts.secure), markOf(request), { maxAgeSeconds: lifeSeconds });
}
