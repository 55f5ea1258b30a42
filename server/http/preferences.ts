import { Elysia, t } from "elysia";
import { oneOf, parseForm } from "../input.ts";
import type { Services } from "../tenancy/services.ts";
import { setCookie } from "./cookies.ts";
import { requireVisitorsProof } from "./csrf.ts";
import { factsOf } from "./facts.ts";
import { signedInUser } from "./hospital.ts";
import { signedInOperator } from "./owner.ts";
import { languageCookie, themeCookie } from "./page.ts";
import { goTo, safeReturn } from "./reply.ts";
import { signedInSupport } from "./support.ts";

const preferences = t.Object({
  language: t.Optional(oneOf(["en", "ur", "hi"])),
  theme: t.Optional(oneOf(["light", "dark", "system"])),
});

/** The session whose forms this browser shows; null where nobody is signed in. */
async function sessionOf(services: Services, request: Request): Promise<string | null> {
  const { portal } = factsOf(request);
  if (portal === "owner") return (await signedInOperator(services, request))?.actor.sessionId ?? null;
  if (portal !== "hospital") return null;
  const support = await signedInSupport(services, request);
  return (support ?? (await signedInUser(services, request))?.actor)?.sessionId ?? null;
}

const yearSeconds = 365 * 24 * 3600;

/** Language and appearance of this browser; on every portal, signed in or not. */
export const preferencePages = (services: Services) =>
  new Elysia().post(
    "/preferences",
    async ({ request, body }) => {
      requireVisitorsProof(request, services.keyring, body, await sessionOf(services, request));
      const facts = factsOf(request);
      const parsed = parseForm(preferences, body);
      const returnTo: unknown =
        typeof body === "object" && body !== null ? Reflect.get(body, "returnTo") : null;
      const response = goTo(request, safeReturn(returnTo));
      if (!parsed.ok) return response;
      const { language, theme } = parsed.value;
      const options = { maxAgeSeconds: yearSeconds };
      if (language !== undefined)
        response.headers.append("set-cookie", setCookie(facts, languageCookie, language, options));
      if (theme !== undefined)
        response.headers.append("set-cookie", setCookie(facts, themeCookie, theme, options));
      return response;
    },
    { detail: { hide: true } },
  );
