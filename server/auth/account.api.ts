import { Elysia, t } from "elysia";
import { renderSVG } from "uqr";
import { accountApi } from "../http/account.ts";
import { accountDetails } from "../http/sign-in-docs.ts";
import type { Services } from "../tenancy/services.ts";
import { endOtherSessions, endOwnSession, listOwnSessions } from "./account-sessions.ts";
import type { Side } from "./either-side.ts";
import {
  beginEnrolment,
  confirmEnrolment,
  disableSecondFactor,
  getSecondFactor,
  regenerateRecoveryCodes,
} from "./second-factor.ts";
import { authPrefix, authTag } from "./sign-in.api.ts";
import { confirmCodeInput, stepUpInput } from "./sign-in.input.ts";
import { stepUp } from "./step-up.ts";

const done = { 204: t.Void() };

/** One's own account by tokens: proving anew who one is, sessions, the second factor. The same on both sides. */
export const accountRoutes = (services: Services, side: Side) => {
  const details = accountDetails(authTag[side]);
  return new Elysia({ prefix: authPrefix[side] })
    .use(accountApi(services, side))
    .post(
      "/step-up",
      async ({ account, body, set }) => {
        await stepUp(account, body);
        set.status = 204;
      },
      { body: stepUpInput, detail: details.stepUp, response: done },
    )
    .get("/sessions", async ({ account }) => ({ items: await listOwnSessions(account), nextCursor: null }), {
      detail: details.sessions,
    })
    .delete(
      "/sessions",
      async ({ account, set }) => {
        await endOtherSessions(account);
        set.status = 204;
      },
      { detail: details.endOthers, response: done },
    )
    .delete(
      "/sessions/:id",
      async ({ account, params, set }) => {
        await endOwnSession(account, params.id);
        set.status = 204;
      },
      { params: t.Object({ id: t.String({ maxLength: 100 }) }), detail: details.endSession, response: done },
    )
    .get("/second-factor", ({ account }) => getSecondFactor(account), { detail: details.factor })
    .post(
      "/second-factor/enrolment",
      async ({ account, set }) => {
        const { secret, uri } = await beginEnrolment(account);
        set.headers["cache-control"] = "no-store";
        return { secret, uri, picture: renderSVG(uri, { ecc: "M", border: 2 }) };
      },
      { detail: details.begin },
    )
    .post(
      "/second-factor/confirmation",
      async ({ account, body, set }) => {
        const recoveryCodes = await confirmEnrolment(account, body.code);
        set.headers["cache-control"] = "no-store";
        return { recoveryCodes };
      },
      { body: confirmCodeInput, detail: details.confirm },
    )
    .post(
      "/second-factor/recovery-codes",
      async ({ account, set }) => {
        const recoveryCodes = await regenerateRecoveryCodes(account);
        set.headers["cache-control"] = "no-store";
        return { recoveryCodes };
      },
      { detail: details.codes },
    )
    .delete(
      "/second-factor",
      async ({ account, set }) => {
        await disableSecondFactor(account);
        set.status = 204;
      },
      { detail: details.disable, response: done },
    );
};
