import { Elysia } from "elysia";
import type { Page } from "../../views/page.ts";
import { SignInPage } from "../../views/sign-in-page.tsx";
import { AppError, type FieldError } from "../errors.ts";
import { clearCookie, sessionCookieName, setCookie } from "../http/cookies.ts";
import { errorText } from "../http/errors.ts";
import { factsOf } from "../http/facts.ts";
import { hospitalOpen, hospitalPages, signedInUser } from "../http/hospital.ts";
import { goTo, html, safeReturn } from "../http/reply.ts";
import { parseForm } from "../input.ts";
import type { Services } from "../tenancy/services.ts";
import { signInToHospital, signOutOfHospital } from "./hospital-sign-in.ts";
import { browserSessionSeconds } from "./sessions.ts";
import { signInInput } from "./sign-in.input.ts";

const demoRoles = ["admin", "doctor", "nurse", "receptionist"];

/** Sign-in and sign-out of a hospital's staff in a browser. */
export const hospitalSignInPages = (services: Services) => {
  const show = (
    page: Page,
    subdomain: string,
    status: number,
    values: { email?: string; returnTo: string },
    errors: readonly FieldError[],
    whole?: string,
  ) =>
    html(
      SignInPage({
        page,
        form: { values: { email: values.email }, errors },
        returnTo: values.returnTo,
        ...(whole === undefined ? {} : { whole }),
        demoEmails: services.env.demo ? demoRoles.map((role) => `${role}@${subdomain}.example`) : [],
      }),
      status,
    );

  return new Elysia()
    .use(
      new Elysia()
        .use(hospitalOpen(services))
        .get(
          "/sign-in",
          async ({ gate, page, request, query }) => {
            const returnTo = safeReturn(query["returnTo"]);
            if ((await signedInUser(services, request)) !== null) return goTo(request, returnTo);
            return show(page, gate.hospital.subdomain, 200, { returnTo }, []);
          },
          { detail: { hide: true } },
        )
        .post(
          "/sign-in",
          async ({ gate, page, request, body }) => {
            const given = typeof body === "object" && body !== null ? body : {};
            const returnTo = safeReturn(Reflect.get(given, "returnTo"));
            const parsed = parseForm(signInInput, given);
            const email: unknown = Reflect.get(given, "email");
            const values = { ...(typeof email === "string" ? { email } : {}), returnTo };
            if (!parsed.ok) return show(page, gate.hospital.subdomain, 422, values, parsed.errors);
            try {
              const { secret } = await signInToHospital(gate, parsed.value, "browser");
              const facts = factsOf(request);
              const response = goTo(request, returnTo);
              response.headers.append(
                "set-cookie",
                setCookie(facts, sessionCookieName(facts.secure), secret, {
                  maxAgeSeconds: browserSessionSeconds,
                }),
              );
              return response;
            } catch (error) {
              if (!(error instanceof AppError) || error.status >= 500) throw error;
              return show(page, gate.hospital.subdomain, error.status, values, [], errorText(page, error));
            }
          },
          { detail: { hide: true } },
        ),
    )
    .use(
      new Elysia().use(hospitalPages(services)).post(
        "/sign-out",
        async ({ ctx, user, request }) => {
          await signOutOfHospital({ ...ctx, masterKey: services.masterKey }, user);
          const facts = factsOf(request);
          const response = goTo(request, "/sign-in");
          response.headers.append("set-cookie", clearCookie(facts, sessionCookieName(facts.secure)));
          response.headers.set("clear-site-data", '"cache", "storage"');
          return response;
        },
        { detail: { hide: true } },
      ),
    );
};
