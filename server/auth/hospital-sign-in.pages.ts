import { Elysia } from "elysia";
import { AppError } from "../errors.ts";
import { clearCookie, sessionCookieName, setCookie } from "../http/cookies.ts";
import { errorText } from "../http/errors.ts";
import { factsOf } from "../http/facts.ts";
import { hospitalOpen, hospitalPages, signedInUser } from "../http/hospital.ts";
import { goTo, safeReturn } from "../http/reply.ts";
import { signInView } from "../http/sign-in-view.ts";
import { parseForm } from "../input.ts";
import type { Services } from "../tenancy/services.ts";
import { signInToHospital, signOutOfHospital } from "./hospital-sign-in.ts";
import { browserSessionSeconds } from "./sessions.ts";
import { signInForm, signInInput } from "./sign-in.input.ts";

const hidden = { detail: { hide: true } };

/** Sign-in and sign-out of a hospital's staff in a browser. */
export const hospitalSignInPages = (services: Services) => {
  const open = new Elysia()
    .use(hospitalOpen(services))
    .get(
      "/sign-in",
      async ({ page, request, query }) => {
        const returnTo = safeReturn(query["returnTo"]);
        if ((await signedInUser(services, request)) !== null) return goTo(request, returnTo);
        return signInView(services, request, page, { status: 200, returnTo });
      },
      hidden,
    )
    .post(
      "/sign-in",
      async ({ gate, page, request, body }) => {
        const { email, returnTo } = signInForm(body);
        const view = { email, returnTo: safeReturn(returnTo) };
        const parsed = parseForm(signInInput, body);
        if (!parsed.ok)
          return signInView(services, request, page, { ...view, status: 422, errors: parsed.errors });
        try {
          const { secret } = await signInToHospital(gate, parsed.value, "browser");
          const facts = factsOf(request);
          const response = goTo(request, view.returnTo);
          const cookie = setCookie(facts, sessionCookieName(facts.secure), secret, {
            maxAgeSeconds: browserSessionSeconds,
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
      },
      hidden,
    );
  const signedIn = new Elysia().use(hospitalPages(services)).post(
    "/sign-out",
    async ({ ctx, user, request }) => {
      await signOutOfHospital({ ...ctx, masterKey: services.masterKey }, user);
      const facts = factsOf(request);
      const response = goTo(request, "/sign-in");
      response.headers.append("set-cookie", clearCookie(facts, sessionCookieName(facts.secure)));
      response.headers.set("clear-site-data", '"cache", "storage"');
      return response;
    },
    hidden,
  );
  return new Elysia().use(open).use(signedIn);
};
