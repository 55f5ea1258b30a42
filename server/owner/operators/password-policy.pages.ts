import { Elysia } from "elysia";
import { may } from "../../auth/permissions.ts";
import { refusalOf, versionOf } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { policyIn, policyView } from "../../http/policy-view.ts";
import { goTo } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { changeOwnerPasswordPolicy, getOwnerPasswordPolicy } from "./password-policy.ts";

const hidden = { detail: { hide: true } };
const action = "/password-policy";

/** The rules for operators' passwords. */
export const ownerPasswordPolicyPages = (services: Services) =>
  new Elysia({ prefix: action })
    .use(ownerPages(services))
    .get(
      "",
      async ({ ctx, page }) =>
        policyView(page, action, await getOwnerPasswordPolicy(ctx), may(ctx.actor, "operators:edit")),
      hidden,
    )
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        try {
          await changeOwnerPasswordPolicy(ctx, policyIn(body), versionOf(body));
          return goTo(request, action, { tone: "success", text: page.t.credentials.policy.saved });
        } catch (error) {
          const refused = refusalOf(page, body, error);
          if (refused.status === 403) throw error;
          return policyView(page, action, await getOwnerPasswordPolicy(ctx), true, refused);
        }
      },
      hidden,
    );
