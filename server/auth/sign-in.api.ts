import { Elysia, t } from "elysia";
import { AppError } from "../errors.ts";
import { accountApi, openDoor } from "../http/account.ts";
import { signInDetails, tokensOf } from "../http/sign-in-docs.ts";
import type { Services } from "../tenancy/services.ts";
import type { Side } from "./either-side.ts";
import type { Plane } from "./plane.ts";
import { challengeInput, refreshInput, signInInput } from "./sign-in.input.ts";
import { accessTokenOf, answerChallenge, refreshTokens, type SignedIn, signIn, signOut } from "./sign-in.ts";

/** Where the JSON routes of one's own account lie on each side. */
export const authPrefix = {
  hospital: "/api/v1/tenant/auth",
  owner: "/api/v1/owner/auth",
} as const satisfies Record<Side, string>;

/** The group they stand in, in the description of the API. */
export const authTag = {
  hospital: "Sign-in (hospital)",
  owner: "Sign-in (owner)",
} as const satisfies Record<Side, string>;

async function tokensFor(plane: Plane, { sessionId, secret, user }: SignedIn) {
  return tokensOf(await accessTokenOf(plane, { sessionId, personId: user.id }), secret, user);
}

/** Sign-in by tokens, of people and integrations, at either portal. */
export const signInApi = (services: Services, side: Side) => {
  const details = signInDetails(authTag[side]);
  const open = new Elysia()
    .use(openDoor(services, side))
    .post(
      "/login",
      async ({ plane, body }) => {
        const outcome = await signIn(plane, body, "token");
        if (outcome.step === "in") return tokensFor(plane, outcome);
        const { challenge, expiresInSeconds } = outcome;
        throw new AppError(
          "unauthenticated",
          "auth.second-factor-required",
          "Send a code of the second factor with the challenge.",
          { details: { challenge, expiresInSeconds } },
        );
      },
      { body: signInInput, detail: details.login },
    )
    .post(
      "/second-factor",
      async ({ plane, body }) => tokensFor(plane, await answerChallenge(plane, body, "token")),
      { body: challengeInput, detail: details.secondFactor },
    )
    .post(
      "/refresh",
      async ({ plane, body }) => {
        const { accessToken, secret, user } = await refreshTokens(plane, body.refreshToken);
        return tokensOf(accessToken, secret, user);
      },
      { body: refreshInput, detail: details.refresh },
    );
  const signedIn = new Elysia()
    .use(accountApi(services, side))
    .get(
      "/me",
      ({ account: { actor, personId: id } }) => {
        const { name, email } = actor;
        const role = actor.kind === "user" ? actor.roleKey : actor.role;
        return { id, name, email, role, permissions: [...actor.permissions] };
      },
      { detail: details.me },
    )
    .post(
      "/logout",
      async ({ account, set }) => {
        await signOut(account);
        set.status = 204;
      },
      { detail: details.logout, response: { 204: t.Void() } },
    );
  return new Elysia({ prefix: authPrefix[side] }).use(open).use(signedIn);
};
