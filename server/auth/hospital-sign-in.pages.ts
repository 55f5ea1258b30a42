import { Elysia } from "elysia";
import { hospitalOpen, hospitalPages, signedInUser } from "../http/hospital.ts";
import { goTo, safeReturn } from "../http/reply.ts";
import { leave, takeSignIn } from "../http/sign-in.ts";
import { signInView } from "../http/sign-in-view.ts";
import type { Services } from "../tenancy/services.ts";
import { signInToHospital, signOutOfHospital } from "./hospital-sign-in.ts";

const hidden = { detail: { hide: true } };

/** Sign-in and sign-out of a hospital's staff in a browser. */
export const hospitalSignInPages = (services: Services) => {
  const open = new Elysia()
    .use(hospitalOpen(services))
    .get(
      "/sign-in",
      async ({ page, request, query }) => {
        const returnTo = safeReturn(query["returnTo"]);
        if ((await signedInUser(services, request)) !== null) return goTo(request, returnTo);
        return signInView(services, request, page, { status: 200, returnTo });
      },
      hidden,
    )
    .post(
      "/sign-in",
      ({ gate, page, request, body }) =>
        takeSignIn(services, request, page, body, (input) => signInToHospital(gate, input, "browser")),
      hidden,
    );
  const signedIn = new Elysia().use(hospitalPages(services)).post(
    "/sign-out",
    async ({ ctx, user, request }) => {
      await signOutOfHospital({ ...ctx, keyring: services.keyring }, user);
      return leave(request);
    },
    hidden,
  );
  return new Elysia().use(open).use(signedIn);
};
