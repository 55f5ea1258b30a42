import { Elysia } from "elysia";
import { PasswordPage } from "../../../views/hospital/profile/password-page.tsx";
import { ProfilePage } from "../../../views/hospital/profile/profile-page.tsx";
import { catalogue } from "../../../views/messages/catalogue.ts";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { clearCookie, setCookie } from "../../http/cookies.ts";
import { factsOf } from "../../http/facts.ts";
import { refusalOf, refuseInvalid } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { languageCookie, themeCookie } from "../../http/page.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { passwordInput, profileInput } from "./profile.input.ts";
import {
  changeOwnPassword,
  endOtherSessions,
  endOwnSession,
  getProfile,
  listOwnSessions,
  updateProfile,
} from "./profile.ts";

const hidden = { detail: { hide: true } };
const yearSeconds = 365 * 24 * 3600;

/** A person's own account: name, language, password, sessions. */
export const profilePages = (services: Services) =>
  new Elysia({ prefix: "/profile" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page }) => {
        const [profile, sessions] = await Promise.all([getProfile(ctx), listOwnSessions(ctx)]);
        const { name, language, theme } = profile;
        const form = { values: { name, language: language ?? undefined, theme }, errors: [] };
        return html(ProfilePage({ page, profile, sessions, form }));
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
          const [profile, sessions] = await Promise.all([getProfile(ctx), listOwnSessions(ctx)]);
          return html(ProfilePage({ page, profile, sessions, form }), status);
        }
      },
      hidden,
    )
    .get(
      "/password",
      async ({ ctx, page }) =>
        html(PasswordPage({ page, form: emptyForm, must: (await getProfile(ctx)).mustChangePassword })),
      hidden,
    )
    .post(
      "/password",
      async ({ ctx, page, body, request }) => {
        const { mustChangePassword } = await getProfile(ctx);
        try {
          await changeOwnPassword(ctx, refuseInvalid(parseForm(passwordInput, body)));
          const text = page.t.staff.profile.passwordChanged;
          return goTo(request, mustChangePassword ? "/" : "/profile", { tone: "success", text });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          return html(PasswordPage({ page, ...refused, must: mustChangePassword }), status);
        }
      },
      hidden,
    )
    .post(
      "/sessions/others/end",
      async ({ ctx, page, request }) => {
        await endOtherSessions(ctx);
        return goTo(request, "/profile", { tone: "success", text: page.t.staff.profile.othersEnded });
      },
      hidden,
    )
    .post(
      "/sessions/:id/end",
      async ({ ctx, page, params, request }) => {
        await endOwnSession(ctx, params.id);
        return goTo(request, "/profile", { tone: "success", text: page.t.staff.profile.sessionEnded });
      },
      hidden,
    );
