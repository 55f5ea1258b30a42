import type { RequestFacts } from "./facts.ts";

/** What a page of ours may load and do. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "manifest-src 'self'",
].join("; ");

/**
 * What every answer tells the browser: nothing from elsewhere, no inline script, no frame, no referrer to other
 * sites, and that nothing between here and the person may keep a copy. A route that set its own policy keeps it.
 */
export function secureHeaders(headers: Headers, facts: Pick<RequestFacts, "secure" | "client">): void {
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", pagePolicy);
  headers.set("x-content-type-options", "nosniff");
  headers.set("x-frame-options", "DENY");
  // The filter that some browsers had could be turned against a page.
  headers.set("x-xss-protection", "0");
  headers.set("referrer-policy", "same-origin");
  headers.set("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-resource-policy", "same-origin");
  if (!headers.has("cache-control")) headers.set("cache-control", "private, no-store");
  if (facts.secure) headers.set("strict-transport-security", "max-age=31536000; includeSubDomains");
  headers.set("x-request-id", facts.client.requestId);
}
