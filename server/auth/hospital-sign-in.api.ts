import { Elysia, t } from "elysia";
import { AppError } from "../errors.ts";
import { hospitalApi, hospitalOpen } from "../http/hospital.ts";
import { signInDetails, tokensOf } from "../http/sign-in-docs.ts";
import type { Services } from "../tenancy/services.ts";
import {
  hospitalAccessToken,
  refreshHospitalTokens,
  signInToHospital,
  signOutOfHospital,
} from "./hospital-sign-in.ts";
import { refreshInput, signInInput } from "./sign-in.input.ts";

const details = signInDetails("Sign-in (hospital)");

/** Sign-in of a hospital's staff and integrations by tokens. */
export const hospitalSignInApi = (services: Services) => {
  const open = new Elysia()
    .use(hospitalOpen(services))
    .post(
      "/login",
      async ({ gate, body }) => {
        const { user, secret, sessionId } = await signInToHospital(gate, body, "token");
        return tokensOf(await hospitalAccessToken(gate, { sessionId, personId: user.id }), secret, user);
      },
      { body: signInInput, detail: details.login },
    )
    .post(
      "/refresh",
      async ({ gate, body }) => {
        const { accessToken, secret, user } = await refreshHospitalTokens(gate, body.refreshToken);
        return tokensOf(accessToken, secret, user);
      },
      { body: refreshInput, detail: details.refresh },
    );
  const signedIn = new Elysia()
    .use(hospitalApi(services))
    .get(
      "/me",
      ({ ctx: { actor } }) => {
        if (actor.kind !== "user")
          throw new AppError("forbidden", "user.none", "This token is not a person's.");
        const { userId: id, name, email, roleKey: role } = actor;
        return { id, name, email, role, permissions: [...actor.permissions] };
      },
      { detail: details.me },
    )
    .post(
      "/logout",
      async ({ ctx, set }) => {
        if (ctx.actor.kind === "user")
          await signOutOfHospital({ ...ctx, keyring: services.keyring }, ctx.actor);
        set.status = 204;
      },
      { detail: details.logout, response: { 204: t.Void() } },
    );
  return new Elysia({ prefix: "/api/v1/tenant/auth" }).use(open).use(signedIn);
};
