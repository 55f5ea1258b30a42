import { Elysia } from "elysia";
import { describe } from "../../http/docs.ts";
import { ownerApi } from "../../http/owner.ts";
import type { Services } from "../../tenancy/services.ts";
import { signInRulesAnswer, signInRulesInput } from "./sign-in-rules.input.ts";
import { getSignInRules, setSignInRules } from "./sign-in-rules.ts";

const tag = "Operators";

/** What each role of the owner portal asks for at sign-in. */
export const signInRulesApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/sign-in-rules" })
    .use(ownerApi(services))
    .get("", async ({ ctx }) => ({ items: await getSignInRules(ctx) }), {
      detail: describe({
        summary: "Which roles need a second factor",
        ...{ tag, answers: { 200: signInRulesAnswer } },
      }),
    })
    .put("", async ({ ctx, body }) => ({ items: await setSignInRules(ctx, body.secondFactor) }), {
      body: signInRulesInput,
      detail: describe({
        summary: "Say which roles need a second factor",
        description: "It counts at their people's next sign-in. Needs a fresh proof.",
        ...{ tag, answers: { 200: signInRulesAnswer } },
      }),
    });
