import type { SignedInFacts } from "../auth/hospital-sign-in.ts";
import { signedInAnswer, tokensAnswer } from "../auth/sign-in.input.ts";
import { accessTokenSeconds } from "../auth/tokens.ts";
import { describe } from "./docs.ts";

/** What a sign-in or a refresh by tokens answers. */
export function tokensOf(accessToken: string, refreshToken: string, user: SignedInFacts) {
  return { accessToken, refreshToken, tokenType: "Bearer", expiresIn: accessTokenSeconds, user };
}

/** How the four routes of sign-in are described; the same on both planes but for the group they stand in. */
export function signInDetails(tag: string) {
  const tokens = { tag, open: true, answers: { 200: tokensAnswer }, errors: ["unauthenticated"] } as const;
  return {
    login: describe({ summary: "Sign in", ...tokens }),
    refresh: describe({
      summary: "Change a refresh token for new tokens",
      description: "Each refresh token is good once; using it again ends the session it belongs to.",
      ...tokens,
    }),
    me: describe({ summary: "Who this token is", tag, answers: { 200: signedInAnswer } }),
    logout: describe({
      summary: "Sign out: access and refresh tokens end at once",
      tag,
      answers: { 204: null },
    }),
  };
}
