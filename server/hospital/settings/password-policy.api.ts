import { Elysia } from "elysia";
import { policyInput, policyRow } from "../../auth/password-policy.input.ts";
import { describe } from "../../http/docs.ts";
import { etagOf, expectedVersion } from "../../http/etag.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { changePasswordPolicy, getPasswordPolicy } from "./password-policy.ts";

const tag = "Settings";

/** What a password at the hospital has to be. */
export const passwordPolicyApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/settings/passwords" })
    .use(hospitalApi(services))
    .get(
      "",
      async ({ ctx }) => {
        const policy = await getPasswordPolicy(ctx);
        return json(policy, 200, { etag: etagOf(policy) });
      },
      { detail: describe({ summary: "Read the rules for passwords", tag, answers: { 200: policyRow } }) },
    )
    .put(
      "",
      async ({ ctx, body, request }) => {
        const policy = await changePasswordPolicy(ctx, body, expectedVersion(request));
        return json(policy, 200, { etag: etagOf(policy) });
      },
      {
        body: policyInput,
        detail: describe({
          summary: "Change the rules for passwords",
          ...{ tag, answers: { 200: policyRow }, errors: ["precondition-failed"] },
        }),
      },
    );
