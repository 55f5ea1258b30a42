import { Elysia } from "elysia";
import { ProfilePage } from "../../../views/hospital/profile/profile-page.tsx";
import { catalogue } from "../../../views/messages/catalogue.ts";
import { listOwnSessions } from "../../auth/account-sessions.ts";
import { hospitalAccount } from "../../auth/hospital-plane.ts";
import type { HospitalActor } from "../../auth/permissions.ts";
import { getSecondFactor } from "../../auth/second-factor.ts";
import { hospitalGate } from "../../http/contexts.ts";
import { clearCookie, setCookie } from "../../http/cookies.ts";
import { factsOf } from "../../http/facts.ts";
import { refusalOf, refuseInvalid } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { languageCookie, themeCookie } from "../../http/page.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { profileInput } from "./profile.input.ts";
import { getProfile, updateProfile } from "./profile.ts";

const hidden = { detail: { hide: true } };
const yearSeconds = 365 * 24 * 3600;

/** What one's own page says of signing in: where one is signed in, and the second factor. */
async function signInOf(services: Services, request: Request, actor: HospitalActor) {
  if (actor.kind !== "user") return { sessions: [], factor: null };
  const account = hospitalAccount(hospitalGate(services, request), actor);
  const [sessions, factor] = await Promise.all([listOwnSessions(account), getSecondFactor(account)]);
  return { sessions, factor };
}

/** A person's own account: name and language; password, sessions and the second factor are the same on both portals. */
export const profilePages = (services: Services) =>
  new Elysia({ prefix: "/profile" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page, request }) => {
        const [profile, signIn] = await Promise.all([
          getProfile(ctx),
          signInOf(services, request, ctx.actor),
        ]);
        const { name, language, theme } = profile;
        const form = { values: { name, language: language ?? undefined, theme }, errors: [] };
        return html(ProfilePage({ page, profile, ...signIn, form }));
      },
      hidden,
    )
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        try {
          const input = refuseInvalid(parseForm(profileInput, body));
          await updateProfile(ctx, input);
          const words = input.language === undefined ? page.t : catalogue[input.language];
          const response = goTo(request, "/profile", { tone: "success", text: words.staff.profile.saved });
          // What this browser had chosen by itself gives way to what its person has chosen.
          const facts = factsOf(request);
          const { language, theme } = input;
          for (const cookie of [
            language === undefined
              ? clearCookie(facts, languageCookie)
              : setCookie(facts, languageCookie, language, { maxAgeSeconds: yearSeconds }),
            setCookie(facts, themeCookie, theme, { maxAgeSeconds: yearSeconds }),
          ])
            response.headers.append("set-cookie", cookie);
          return response;
        } catch (error) {
          const { form, status } = refusalOf(page, body, error);
          const [profile, signIn] = await Promise.all([
            getProfile(ctx),
            signInOf(services, request, ctx.actor),
          ]);
          return html(ProfilePage({ page, profile, ...signIn, form }), status);
        }
      },
      hidden,
    );
