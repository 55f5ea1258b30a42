import { Elysia, t } from "elysia";
import { AppError } from "../errors.ts";
import { accountApi, openDoor } from "../http/account.ts";
import { describe } from "../http/docs.ts";
import type { Services } from "../tenancy/services.ts";
import {
  changePasswordInput,
  emailChangeInput,
  proofIn,
  requestResetInput,
  resetInput,
  verifyEmailInput,
} from "./credentials.input.ts";
import type { Side } from "./either-side.ts";
import { requestEmailChange } from "./email-change.ts";
import { changeOwnPassword } from "./password-change.ts";
import { type LinkProof, requestReset, resetPassword, verifyEmail } from "./recovery.ts";
import { authPrefix, authTag } from "./sign-in.api.ts";

const done = { 204: t.Void() };
const asked = t.Object({ accepted: t.Literal(true) });

/** @throws AppError invalid (422): neither a token nor an address with its code. */
function needProof(input: Parameters<typeof proofIn>[0]): LinkProof {
  const proof = proofIn(input);
  if (proof !== null) return proof;
  throw new AppError("invalid", "input.invalid", "Send the token of the link, or the address and the code.", {
    fields: [{ field: "token", code: "required", message: "Enter this." }],
  });
}

/** Passwords and ways back in by JSON; the same on both sides. */
export const credentialsApi = (services: Services, side: Side) => {
  const tag = authTag[side];
  const open = new Elysia()
    .use(openDoor(services, side))
    .post(
      "/request-reset",
      async ({ plane, body, page, set }) => {
        await requestReset(plane, { email: body.email, language: body.language ?? page.lang });
        set.status = 202;
        return { accepted: true as const };
      },
      {
        body: requestResetInput,
        detail: describe({
          summary: "Ask for a link to choose a new password",
          description: "The answer is the same whether or not there is such an account.",
          ...{ tag, open: true, answers: { 202: asked } },
        }),
      },
    )
    .post(
      "/reset",
      async ({ plane, body, set }) => {
        await resetPassword(plane, { proof: needProof(body), newPassword: body.newPassword });
        set.status = 204;
      },
      {
        body: resetInput,
        detail: describe({
          summary: "Choose a new password by a mailed link or code",
          description: "Good once, for 30 minutes; all sessions of the account end.",
          ...{ tag, open: true, answers: { 204: null }, errors: ["gone"] },
        }),
        response: done,
      },
    )
    .post(
      "/verify-email",
      async ({ plane, body, set }) => {
        await verifyEmail(plane, needProof(body));
        set.status = 204;
      },
      {
        body: verifyEmailInput,
        detail: describe({
          summary: "Confirm an e-mail address by a mailed link or code",
          ...{ tag, open: true, answers: { 204: null }, errors: ["gone", "conflict"] },
        }),
        response: done,
      },
    );
  const signedIn = new Elysia()
    .use(accountApi(services, side))
    .post(
      "/password",
      async ({ account, body, set }) => {
        await changeOwnPassword(account, body);
        set.status = 204;
      },
      {
        body: changePasswordInput,
        detail: describe({
          summary: "Change one's own password",
          description: "Open to those who must change it first; all other sessions end.",
          ...{ tag, answers: { 204: null } },
        }),
        response: done,
      },
    )
    .post(
      "/email",
      async ({ account, body, set }) => {
        await requestEmailChange(account, body);
        set.status = 202;
        return { accepted: true as const };
      },
      {
        body: emailChangeInput,
        detail: describe({
          summary: "Ask to sign in with another e-mail address",
          description: "It becomes the address once it is confirmed by the link mailed to it.",
          ...{ tag, answers: { 202: asked } },
        }),
      },
    );
  return new Elysia({ prefix: authPrefix[side] }).use(open).use(signedIn);
};
