import { Elysia } from "elysia";
import { accountPages, isSignedIn, openDoor } from "../http/account.ts";
import { challengeCookieName, readCookie } from "../http/cookies.ts";
import { factsOf } from "../http/facts.ts";
import { goTo, safeReturn } from "../http/reply.ts";
import { leave, takeCode, takeSignIn } from "../http/sign-in.ts";
import { codeView, signInView } from "../http/sign-in-view.ts";
import type { Services } from "../tenancy/services.ts";
import type { Side } from "./either-side.ts";
import { signOut } from "./sign-in.ts";

const hidden = { detail: { hide: true } };

/** Sign-in and sign-out in a browser, at either portal: the password's page, then the code's. */
export const signInPages = (services: Services, side: Side) => {
  const open = new Elysia()
    .use(openDoor(services, side))
    .get(
      "/sign-in",
      async ({ page, request, query }) => {
        const returnTo = safeReturn(query["returnTo"]);
        if (await isSignedIn(services, request, side)) return goTo(request, returnTo);
        return signInView(services, request, page, { status: 200, returnTo });
      },
      hidden,
    )
    .post(
      "/sign-in",
      ({ plane, page, request, body }) => takeSignIn(services, request, page, plane, body),
      hidden,
    )
    .get(
      "/sign-in/code",
      ({ page, request, query }) => {
        const begun = readCookie(request, challengeCookieName(factsOf(request).secure)) !== null;
        return begun
          ? codeView(page, { status: 200, returnTo: safeReturn(query["returnTo"]) })
          : goTo(request, "/sign-in");
      },
      hidden,
    )
    .post(
      "/sign-in/code",
      ({ plane, page, request, body }) => takeCode(services, request, page, plane, body),
      hidden,
    );
  const signedIn = new Elysia().use(accountPages(services, side)).post(
    "/sign-out",
    async ({ account, request }) => {
      await signOut(account);
      return leave(request);
    },
    hidden,
  );
  return new Elysia().use(open).use(signedIn);
};
