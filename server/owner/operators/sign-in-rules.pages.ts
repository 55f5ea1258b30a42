import { Elysia } from "elysia";
import { SignInRulesPage } from "../../../views/owner/sign-in-rules/sign-in-rules-page.tsx";
import { chosenOf, refuseInvalid } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { signInRulesInput } from "./sign-in-rules.input.ts";
import { getSignInRules, setSignInRules } from "./sign-in-rules.ts";

const hidden = { detail: { hide: true } };

/** What each role of the owner portal asks for at sign-in. */
export const signInRulesPages = (services: Services) =>
  new Elysia({ prefix: "/sign-in-rules" })
    .use(ownerPages(services))
    .get(
      "",
      async ({ ctx, page }) => html(SignInRulesPage({ page, rules: await getSignInRules(ctx) })),
      hidden,
    )
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        const sent = { secondFactor: chosenOf(body, "secondFactor") };
        const { secondFactor } = refuseInvalid(parseForm(signInRulesInput, sent));
        await setSignInRules(ctx, secondFactor);
        return goTo(request, "/sign-in-rules", { tone: "success", text: page.t.account.rulesSaved });
      },
      hidden,
    );
