import { Elysia } from "elysia";
import { GoOnPage } from "../../views/account/confirm-page.tsx";
import {
  EnrolmentPage,
  FactorRemovalPage,
  RecoveryCodesPage,
  SecondFactorPage,
} from "../../views/account/second-factor-pages.tsx";
import { OperatorProfilePage } from "../../views/owner/profile/profile-page.tsx";
import type { Page } from "../../views/page.ts";
import { emptyForm } from "../../views/ui/form-state.ts";
import { accountPages } from "../http/account.ts";
import { confirmView, readInterrupted } from "../http/confirm-view.ts";
import { refusalOf, refuseInvalid, valuesOf } from "../http/form.ts";
import { goTo, html } from "../http/reply.ts";
import { setSessionCookie } from "../http/sign-in.ts";
import { parseForm } from "../input.ts";
import type { Services } from "../tenancy/services.ts";
import { endOtherSessions, endOwnSession, listOwnSessions } from "./account-sessions.ts";
import type { Side } from "./either-side.ts";
import type { Account } from "./plane.ts";
import {
  beginEnrolment,
  confirmEnrolment,
  disableSecondFactor,
  getSecondFactor,
  pendingEnrolment,
  regenerateRecoveryCodes,
} from "./second-factor.ts";
import { hasSecondFactor } from "./second-factor-proof.ts";
import { confirmCodeInput, confirmForm, proofOf } from "./sign-in.input.ts";
import { stepUp } from "./step-up.ts";

const hidden = { detail: { hide: true } };
const factorPath = "/profile/second-factor";

/** One's own account in a browser: proving anew who one is, sessions, the second factor. The same on both sides. */
export const accountRoutePages = (services: Services, side: Side) =>
  new Elysia()
    .use(accountPages(services, side))
    .use(confirmPages(services, side))
    .use(factorPages(services, side))
    .post(
      "/profile/sessions/others/end",
      async ({ account, page, request }) => {
        await endOtherSessions(account);
        return goTo(request, "/profile", { tone: "success", text: page.t.staff.profile.othersEnded });
      },
      hidden,
    )
    .post(
      "/profile/sessions/:id/end",
      async ({ account, page, params, request }) => {
        await endOwnSession(account, params.id);
        return goTo(request, "/profile", { tone: "success", text: page.t.staff.profile.sessionEnded });
      },
      hidden,
    );

/** An operator's own page; the staff's has more on it and is of the hospital's own. */
export const operatorProfilePages = (services: Services) =>
  new Elysia().use(accountPages(services, "owner")).get(
    "/profile",
    async ({ account, page }) => {
      const [sessions, factor] = await Promise.all([listOwnSessions(account), getSecondFactor(account)]);
      return html(OperatorProfilePage({ page, sessions, factor }));
    },
    hidden,
  );

const confirmPages = (services: Services, side: Side) =>
  new Elysia()
    .use(accountPages(services, side))
    .get(
      "/profile/confirm",
      async ({ account, page }) => {
        const withCode = await hasSecondFactor(account.plane, account.personId);
        return confirmView(page, readInterrupted(undefined), { status: 200, withCode });
      },
      hidden,
    )
    .post(
      "/profile/confirm",
      async ({ account, page, body, request }) => {
        const interrupted = readInterrupted(valuesOf(body)["interrupted"]);
        try {
          const { password, code } = refuseInvalid(parseForm(confirmForm, body));
          const { secret } = await stepUp(account, { password, ...proofOf(code) });
          const response = await noStore(html(GoOnPage({ page, interrupted })));
          if (secret !== null) response.headers.append("set-cookie", setSessionCookie(request, secret));
          return response;
        } catch (error) {
          const { form, status, whole } = refusalOf(page, body, error);
          const withCode = await hasSecondFactor(account.plane, account.personId);
          const errors = form.errors.map((one) =>
            one.field === "recoveryCode" ? { ...one, field: "code" } : one,
          );
          return confirmView(page, interrupted, {
            ...{ status, withCode, errors },
            ...(whole === undefined ? {} : { whole }),
          });
        }
      },
      hidden,
    );

const factorPages = (services: Services, side: Side) =>
  new Elysia({ prefix: factorPath })
    .use(accountPages(services, side))
    .get(
      "",
      async ({ account, page, enrolmentDue }) =>
        html(SecondFactorPage({ page, state: await getSecondFactor(account), due: enrolmentDue })),
      hidden,
    )
    .post(
      "/enrolment",
      async ({ account, request }) => {
        await beginEnrolment(account);
        return goTo(request, `${factorPath}/enrolment`);
      },
      hidden,
    )
    .get("/enrolment", ({ account, page, request }) => showEnrolment(account, page, request), hidden)
    .post(
      "/confirmation",
      async ({ account, page, body, request }) => {
        try {
          const { code } = refuseInvalid(parseForm(confirmCodeInput, body));
          const codes = await confirmEnrolment(account, code);
          return await noStore(html(RecoveryCodesPage({ page, codes })));
        } catch (error) {
          return showEnrolment(account, page, request, refusalOf(page, body, error));
        }
      },
      hidden,
    )
    .post(
      "/recovery-codes",
      async ({ account, page }) =>
        noStore(html(RecoveryCodesPage({ page, codes: await regenerateRecoveryCodes(account) }))),
      hidden,
    )
    .get("/removal", ({ page }) => html(FactorRemovalPage({ page })), hidden)
    .post(
      "/removal",
      async ({ account, page, request }) => {
        await disableSecondFactor(account);
        return goTo(request, factorPath, { tone: "success", text: page.t.account.turnedOff });
      },
      hidden,
    );

async function showEnrolment(
  account: Account,
  page: Page,
  request: Request,
  refused?: ReturnType<typeof refusalOf>,
): Promise<Response> {
  const enrolment = await pendingEnrolment(account);
  if (enrolment === null) return goTo(request, factorPath);
  const whole = refused?.whole;
  const view = EnrolmentPage({
    ...{ page, enrolment, form: refused?.form ?? emptyForm },
    ...(whole === undefined ? {} : { whole }),
  });
  return noStore(html(view, refused?.status ?? 200));
}

/** What is told once is kept by nobody on the way. */
async function noStore(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  response.headers.set("cache-control", "no-store");
  return response;
}
