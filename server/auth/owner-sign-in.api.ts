import { Elysia, t } from "elysia";
import { AppError } from "../errors.ts";
import { ownerApi, ownerOpen } from "../http/owner.ts";
import { signInDetails, tokensOf } from "../http/sign-in-docs.ts";
import type { Services } from "../tenancy/services.ts";
import { ownerAccessToken, refreshOwnerTokens, signInOwner, signOutOwner } from "./owner-sign-in.ts";
import { refreshInput, signInInput } from "./sign-in.input.ts";

const details = signInDetails("Sign-in (owner)");

/** Sign-in of operators by tokens. */
export const ownerSignInApi = (services: Services) => {
  const open = new Elysia()
    .use(ownerOpen(services))
    .post(
      "/login",
      async ({ gate, body }) => {
        const { user, secret, sessionId } = await signInOwner(gate, body, "token");
        return tokensOf(await ownerAccessToken(gate, { sessionId, personId: user.id }), secret, user);
      },
      { body: signInInput, detail: details.login },
    )
    .post(
      "/refresh",
      async ({ gate, body }) => {
        const { accessToken, secret, user } = await refreshOwnerTokens(gate, body.refreshToken);
        return tokensOf(accessToken, secret, user);
      },
      { body: refreshInput, detail: details.refresh },
    );
  const signedIn = new Elysia()
    .use(ownerApi(services))
    .get(
      "/me",
      ({ ctx: { actor } }) => {
        if (actor.kind !== "operator")
          throw new AppError("forbidden", "operator.none", "This token is not a person's.");
        const { operatorId: id, name, email, role } = actor;
        return { id, name, email, role, permissions: [...actor.permissions] };
      },
      { detail: details.me },
    )
    .post(
      "/logout",
      async ({ ctx, set }) => {
        if (ctx.actor.kind === "operator")
          await signOutOwner({ ...ctx, keyring: services.keyring }, ctx.actor);
        set.status = 204;
      },
      { detail: details.logout, response: { 204: t.Void() } },
    );
  return new Elysia({ prefix: "/api/v1/owner/auth" }).use(open).use(signedIn);
};
