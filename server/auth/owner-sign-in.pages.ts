import { Elysia } from "elysia";
import { ownerOpen, ownerPages, signedInOperator } from "../http/owner.ts";
import { goTo, safeReturn } from "../http/reply.ts";
import { leave, takeSignIn } from "../http/sign-in.ts";
import { signInView } from "../http/sign-in-view.ts";
import type { Services } from "../tenancy/services.ts";
import { signInOwner, signOutOwner } from "./owner-sign-in.ts";

const hidden = { detail: { hide: true } };

/** Sign-in and sign-out of operators in a browser. */
export const ownerSignInPages = (services: Services) => {
  const open = new Elysia()
    .use(ownerOpen(services))
    .get(
      "/sign-in",
      async ({ page, request, query }) => {
        const returnTo = safeReturn(query["returnTo"]);
        if ((await signedInOperator(services, request)) !== null) return goTo(request, returnTo);
        return signInView(services, request, page, { status: 200, returnTo });
      },
      hidden,
    )
    .post(
      "/sign-in",
      ({ gate, page, request, body }) =>
        takeSignIn(services, request, page, body, (input) => signInOwner(gate, input, "browser")),
      hidden,
    );
  const signedIn = new Elysia().use(ownerPages(services)).post(
    "/sign-out",
    async ({ ctx, operator, request }) => {
      await signOutOwner({ ...ctx, keyring: services.keyring }, operator);
      return leave(request);
    },
    hidden,
  );
  return new Elysia().use(open).use(signedIn);
};
