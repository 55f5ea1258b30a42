import { Elysia, t } from "elysia";
import { oneOf, parseForm } from "../input.ts";
import { setCookie } from "./cookies.ts";
import { refuseForeignForm } from "./csrf.ts";
import { factsOf } from "./facts.ts";
import { languageCookie, themeCookie } from "./page.ts";
import { goTo, safeReturn } from "./reply.ts";

const preferences = t.Object({
  language: t.Optional(oneOf(["en", "ur", "hi"])),
  theme: t.Optional(oneOf(["light", "dark", "system"])),
});

const yearSeconds = 365 * 24 * 3600;

/** Language and appearance of this browser; on every portal, signed in or not. */
export const preferencePages = () =>
  new Elysia().post(
    "/preferences",
    ({ request, body }) => {
      refuseForeignForm(request);
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
