import { Elysia } from "elysia";
import { EmailPage } from "../../views/account/email-page.tsx";
import { PasswordPage } from "../../views/account/password-page.tsx";
import type { Page } from "../../views/page.ts";
import { ForgottenPage, ForgottenSentPage } from "../../views/sign-in/forgotten-page.tsx";
import { ResetPage } from "../../views/sign-in/reset-page.tsx";
import { VerifyEmailPage } from "../../views/sign-in/verify-email-page.tsx";
import { emptyForm } from "../../views/ui/form-state.ts";
import { AppError, invalidField } from "../errors.ts";
import { accountPages, openDoor } from "../http/account.ts";
import { type Refusal, refusalOf, refuseInvalid, valuesOf } from "../http/form.ts";
import { goTo, html } from "../http/reply.ts";
import { parseForm } from "../input.ts";
import type { Services } from "../tenancy/services.ts";
import {
  emailChangeInput,
  forgottenForm,
  passwordForm,
  proofIn,
  resetForm,
  verifyEmailInput,
} from "./credentials.input.ts";
import type { Side } from "./either-side.ts";
import { requestEmailChange } from "./email-change.ts";
import { changeOwnPassword } from "./password-change.ts";
import { readPolicy } from "./password-policy.ts";
import type { Account, Plane } from "./plane.ts";
import { isLinkGood, requestReset, resetPassword, verifyEmail } from "./recovery.ts";

const hidden = { detail: { hide: true } };

function refuseDifferent(input: { readonly newPassword: string; readonly repeatPassword: string }): void {
  if (input.newPassword !== input.repeatPassword)
    throw invalidField("repeatPassword", "not-same", "The two do not match.");
}

const wholeOf = (refused?: Refusal) => (refused?.whole === undefined ? {} : { whole: refused.whole });

/** An empty field of a form is one that was not sent. */
function filled(body: unknown): Record<string, string> {
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(valuesOf(body)))
    if (value !== undefined && value.trim() !== "") sent[name] = value;
  return sent;
}

async function showPassword(account: Account, page: Page, refused?: Refusal): Promise<Response> {
  const { plane, personId } = account;
  const [person, policy] = await Promise.all([
    plane.personById(personId),
    readPolicy(plane.db, plane.credentials.tables),
  ]);
  const must = person?.mustChangePassword === true;
  const form = refused?.form ?? emptyForm;
  return html(PasswordPage({ page, form, ...wholeOf(refused), must, policy }), refused?.status ?? 200);
}

async function showReset(
  plane: Plane,
  page: Page,
  token: string | null,
  refused?: Refusal,
): Promise<Response> {
  const policy = await readPolicy(plane.db, plane.credentials.tables);
  const form = refused?.form ?? emptyForm;
  return html(ResetPage({ page, form, ...wholeOf(refused), token, policy }), refused?.status ?? 200);
}

/** What a link that leads nowhere any more is shown as. */
const goneStatus = 410;

/** Passwords and ways back in, in a browser; the same on both sides. */
export const credentialsPages = (services: Services, side: Side) =>
  new Elysia().use(recoveryPages(services, side)).use(ownPages(services, side));

const recoveryPages = (services: Services, side: Side) =>
  new Elysia()
    .use(openDoor(services, side))
    .get("/forgot-password", ({ page }) => html(ForgottenPage({ page, form: emptyForm })), hidden)
    .post(
      "/forgot-password",
      async ({ plane, page, body }) => {
        try {
          const { email } = refuseInvalid(parseForm(forgottenForm, body));
          await requestReset(plane, { email, language: page.lang });
          return await html(ForgottenSentPage({ page, email, demo: services.env.demo }));
        } catch (error) {
          const { form, status } = refusalOf(page, body, error);
          return html(ForgottenPage({ page, form }), status);
        }
      },
      hidden,
    )
    .get(
      "/reset-password",
      async ({ plane, page, query }) => {
        const token = query["token"] ?? null;
        if (token !== null && !(await isLinkGood(plane, "reset", token)))
          return html(ForgottenPage({ page, form: emptyForm, gone: true }), goneStatus);
        return showReset(plane, page, token);
      },
      hidden,
    )
    .post(
      "/reset-password",
      async ({ plane, page, body, request }) => {
        const token = filled(body)["token"] ?? null;
        try {
          const input = refuseInvalid(parseForm(resetForm, filled(body)));
          refuseDifferent(input);
          const proof = proofIn(input);
          if (proof === null) throw invalidField("code", "required", "Enter this.");
          const { email } = await resetPassword(plane, { proof, newPassword: input.newPassword });
          return goTo(request, "/sign-in", { tone: "success", text: page.t.credentials.resetDone, email });
        } catch (error) {
          if (error instanceof AppError && error.kind === "gone" && token !== null)
            return html(ForgottenPage({ page, form: emptyForm, gone: true }), goneStatus);
          return showReset(plane, page, token, refusalOf(page, body, error));
        }
      },
      hidden,
    )
    .get(
      "/verify-email",
      ({ page, query }) => html(VerifyEmailPage({ page, form: emptyForm, token: query["token"] ?? null })),
      hidden,
    )
    .post(
      "/verify-email",
      async ({ plane, page, body, request }) => {
        const token = filled(body)["token"] ?? null;
        try {
          const proof = proofIn(refuseInvalid(parseForm(verifyEmailInput, filled(body))));
          if (proof === null) throw invalidField("code", "required", "Enter this.");
          await verifyEmail(plane, proof);
          return goTo(request, "/sign-in", { tone: "success", text: page.t.credentials.emailConfirmed });
        } catch (error) {
          const { form, status, ...refused } = refusalOf(page, body, error);
          return html(VerifyEmailPage({ page, form, token, ...refused }), status);
        }
      },
      hidden,
    );

const ownPages = (services: Services, side: Side) =>
  new Elysia({ prefix: "/profile" })
    .use(accountPages(services, side))
    .get("/password", ({ account, page }) => showPassword(account, page), hidden)
    .post(
      "/password",
      async ({ account, page, body, request }) => {
        const person = await account.plane.personById(account.personId);
        try {
          const input = refuseInvalid(parseForm(passwordForm, body));
          refuseDifferent(input);
          await changeOwnPassword(account, input);
          const text = page.t.staff.profile.passwordChanged;
          return goTo(request, person?.mustChangePassword ? "/" : "/profile", { tone: "success", text });
        } catch (error) {
          return showPassword(account, page, refusalOf(page, body, error));
        }
      },
      hidden,
    )
    .get(
      "/email",
      ({ account, page }) => html(EmailPage({ page, form: emptyForm, now: account.actor.email })),
      hidden,
    )
    .post(
      "/email",
      async ({ account, page, body, request }) => {
        try {
          const input = refuseInvalid(parseForm(emailChangeInput, body));
          await requestEmailChange(account, input);
          return goTo(request, "/profile", {
            tone: "success",
            text: page.t.credentials.emailAsked(input.email),
          });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          return html(EmailPage({ page, now: account.actor.email, ...refused }), status);
        }
      },
      hidden,
    );
