import {
  enrolmentAnswer,
  recoveryCodesAnswer,
  secondFactorAnswer,
  sessionAnswer,
  signedInAnswer,
  tokensAnswer,
} from "../auth/sign-in.input.ts";
import type { SignedInFacts } from "../auth/sign-in.ts";
import { accessTokenSeconds } from "../auth/tokens.ts";
import { describe, listOf } from "./docs.ts";

/** What a sign-in or a refresh by tokens answers. */
export function tokensOf(accessToken: string, refreshToken: string, user: SignedInFacts) {
  return { accessToken, refreshToken, tokenType: "Bearer", expiresIn: accessTokenSeconds, user };
}

/** How the routes of sign-in are described; the same on both planes but for the group they stand in. */
export function signInDetails(tag: string) {
  const tokens = { tag, open: true, answers: { 200: tokensAnswer }, errors: ["unauthenticated"] } as const;
  return {
    login: describe({
      summary: "Sign in",
      description:
        "Where there is a second factor the answer is 401 `auth.second-factor-required`; `details.challenge` goes with the code to `second-factor` within five minutes.",
      ...tokens,
    }),
    secondFactor: describe({
      summary: "Sign in: the second step",
      description: "The challenge of the first step is good for one sign-in and five wrong codes.",
      ...tokens,
    }),
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

/** How the routes of one's own account are described. */
export function accountDetails(tag: string) {
  return {
    stepUp: describe({
      summary: "Prove anew who you are",
      description:
        "Dangerous acts answer 403 `auth.step-up-required` where the last proof is older than ten minutes. Signing in is a proof too.",
      ...{ tag, answers: { 204: null } },
    }),
    sessions: describe({
      summary: "List where you are signed in",
      tag,
      answers: { 200: listOf(sessionAnswer) },
    }),
    endSession: describe({
      summary: "End one of your sessions",
      ...{ tag, answers: { 204: null }, errors: ["not-found"] },
    }),
    endOthers: describe({ summary: "End all your sessions but this one", tag, answers: { 204: null } }),
    factor: describe({ summary: "How your second factor stands", tag, answers: { 200: secondFactorAnswer } }),
    begin: describe({
      summary: "Begin to set up a second factor",
      description: "The secret counts for nothing until a first code confirms it. Needs a fresh proof.",
      ...{ tag, answers: { 200: enrolmentAnswer }, errors: ["conflict"] },
    }),
    confirm: describe({
      summary: "Confirm the second factor with its first code",
      ...{ tag, answers: { 200: recoveryCodesAnswer }, errors: ["conflict"] },
    }),
    codes: describe({
      summary: "Make ten new recovery codes",
      description: "The old ones count no more. Needs a fresh proof.",
      ...{ tag, answers: { 200: recoveryCodesAnswer }, errors: ["conflict"] },
    }),
    disable: describe({
      summary: "Do without a second factor",
      description: "Refused where the role asks for one. Needs a fresh proof.",
      ...{ tag, answers: { 204: null }, errors: ["conflict"] },
    }),
  };
}

/** How the routes are described by which others' sessions and second factors are administered. */
export function personSessionDetails(tag: string) {
  const found = { tag, errors: ["not-found"] } as const;
  return {
    list: describe({
      summary: "List where somebody is signed in",
      ...{ ...found, answers: { 200: listOf(sessionAnswer) } },
    }),
    end: describe({ summary: "End one session of somebody", ...found, answers: { 204: null } }),
    endAll: describe({ summary: "Sign somebody out everywhere", ...found, answers: { 204: null } }),
    reset: describe({
      summary: "Take somebody's second factor away",
      description: "For a lost phone. They are signed out everywhere; never one's own.",
      ...{ tag, answers: { 204: null }, errors: ["not-found", "conflict"] },
    }),
  };
}
