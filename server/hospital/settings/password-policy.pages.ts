import { Elysia } from "elysia";
import { may } from "../../auth/permissions.ts";
import { refusalOf, versionOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { policyIn, policyView } from "../../http/policy-view.ts";
import { goTo } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { changePasswordPolicy, getPasswordPolicy } from "./password-policy.ts";

const hidden = { detail: { hide: true } };
const action = "/settings/passwords";

/** The rules for passwords at the hospital. */
export const passwordPolicyPages = (services: Services) =>
  new Elysia({ prefix: action })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page }) =>
        policyView(page, action, await getPasswordPolicy(ctx), may(ctx.actor, "settings:edit")),
      hidden,
    )
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        try {
          await changePasswordPolicy(ctx, policyIn(body), versionOf(body));
          return goTo(request, action, { tone: "success", text: page.t.credentials.policy.saved });
        } catch (error) {
          const refused = refusalOf(page, body, error);
          if (refused.status === 403) throw error;
          return policyView(page, action, await getPasswordPolicy(ctx), true, refused);
        }
      },
      hidden,
    );
