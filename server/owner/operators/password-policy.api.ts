import { Elysia } from "elysia";
import { policyInput, policyRow } from "../../auth/password-policy.input.ts";
import { describe } from "../../http/docs.ts";
import { etagOf, expectedVersion } from "../../http/etag.ts";
import { ownerApi } from "../../http/owner.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { changeOwnerPasswordPolicy, getOwnerPasswordPolicy } from "./password-policy.ts";

const tag = "Operators";

/** What an operator's password has to be. */
export const ownerPasswordPolicyApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/password-policy" })
    .use(ownerApi(services))
    .get(
      "",
      async ({ ctx }) => {
        const policy = await getOwnerPasswordPolicy(ctx);
        return json(policy, 200, { etag: etagOf(policy) });
      },
      {
        detail: describe({
          summary: "Read the rules for operators' passwords",
          tag,
          answers: { 200: policyRow },
        }),
      },
    )
    .put(
      "",
      async ({ ctx, body, request }) => {
        const policy = await changeOwnerPasswordPolicy(ctx, body, expectedVersion(request));
        return json(policy, 200, { etag: etagOf(policy) });
      },
      {
        body: policyInput,
        detail: describe({
          summary: "Change the rules for operators' passwords",
          ...{ tag, answers: { 200: policyRow }, errors: ["precondition-failed"] },
        }),
      },
    );
