import { PasswordPolicyPage } from "../../views/account/password-policy-page.tsx";
import type { Page } from "../../views/page.ts";
import { policyForm } from "../auth/password-policy.input.ts";
import type { PasswordPolicy } from "../auth/password-policy.ts";
import type { PolicyChange } from "../auth/password-policy-change.ts";
import { parseForm } from "../input.ts";
import { type Refusal, refuseInvalid, valuesOf } from "./form.ts";
import { html } from "./reply.ts";

/** What the form says. @throws AppError invalid (422) naming the fields. */
export function policyIn(body: unknown): PolicyChange {
  const { maximumAgeDays, ...sent } = valuesOf(body);
  const filled = { ...sent, ...(maximumAgeDays?.trim() ? { maximumAgeDays } : {}) };
  const { refuseCommon, ...form } = refuseInvalid(parseForm(policyForm, filled));
  return { ...form, maximumAgeDays: form.maximumAgeDays ?? null, refuseCommon: refuseCommon !== undefined };
}

/** The page of the rules for passwords, of either portal. */
export function policyView(
  page: Page,
  action: string,
  policy: PasswordPolicy,
  mayEdit: boolean,
  refused?: Refusal,
): Promise<Response> {
  const { minimumLength, remembered, maximumAgeDays, refuseCommon, version } = policy;
  const values = {
    minimumLength: String(minimumLength),
    remembered: String(remembered),
    maximumAgeDays: maximumAgeDays === null ? undefined : String(maximumAgeDays),
    refuseCommon: refuseCommon ? "true" : undefined,
  };
  const whole = refused?.whole === undefined ? {} : { whole: refused.whole };
  const form = refused?.form ?? { values, errors: [] };
  return html(PasswordPolicyPage({ page, form, ...whole, action, version, mayEdit }), refused?.status ?? 200);
}
