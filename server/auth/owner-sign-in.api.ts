import { Elysia, t } from "elysia";
import { AppError } from "../errors.ts";
import { describe } from "../http/docs.ts";
import { ownerApi, ownerOpen } from "../http/owner.ts";
import type { Services } from "../tenancy/services.ts";
import { ownerAccessToken, refreshOwnerTokens, signInOwner, signOutOwner } from "./owner-sign-in.ts";
import { refreshInput, signedInAnswer, signInInput, tokensAnswer } from "./sign-in.input.ts";
import { accessTokenSeconds } from "./tokens.ts";

const tag = "Sign-in (owner)";

/** Sign-in of operators by tokens. */
export const ownerSignInApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/auth" })
    .use(
      new Elysia()
        .use(ownerOpen(services))
        .post(
          "/login",
          async ({ gate, body }) => {
            const { user, secret, sessionId } = await signInOwner(gate, body, "token");
            const accessToken = await ownerAccessToken(gate, { sessionId, personId: user.id });
            return {
              accessToken,
              refreshToken: secret,
              tokenType: "Bearer",
              expiresIn: accessTokenSeconds,
              user,
            };
          },
          {
            body: signInInput,
            detail: describe({
              summary: "Sign in",
              tag,
              open: true,
              answers: { 200: tokensAnswer },
              errors: ["unauthenticated"],
            }),
          },
        )
        .post(
          "/refresh",
          async ({ gate, body }) => {
            const { accessToken, secret, user } = await refreshOwnerTokens(gate, body.refreshToken);
            return {
              accessToken,
              refreshToken: secret,
              tokenType: "Bearer",
              expiresIn: accessTokenSeconds,
              user,
            };
          },
          {
            body: refreshInput,
            detail: describe({
              summary: "Change a refresh token for new tokens",
              description: "Each refresh token is good once; using it again ends the session it belongs to.",
              ...{ tag, open: true, answers: { 200: tokensAnswer }, errors: ["unauthenticated"] },
            }),
          },
        ),
    )
    .use(
      new Elysia()
        .use(ownerApi(services))
        .get(
          "/me",
          ({ ctx: { actor } }) => {
            if (actor.kind !== "operator")
              throw new AppError("forbidden", "operator.none", "This token is not a person's.");
            return {
              id: actor.operatorId,
              name: actor.name,
              email: actor.email,
              role: actor.role,
              permissions: [...actor.permissions],
            };
          },
          { detail: describe({ summary: "Who this token is", tag, answers: { 200: signedInAnswer } }) },
        )
        .post(
          "/logout",
          async ({ ctx, set }) => {
            if (ctx.actor.kind === "operator")
              await signOutOwner({ ...ctx, masterKey: services.masterKey }, ctx.actor);
            set.status = 204;
          },
          {
            detail: describe({
              summary: "Sign out: access and refresh tokens end at once",
              tag,
              answers: { 204: null },
            }),
            response: { 204: t.Void() },
          },
        ),
    );
