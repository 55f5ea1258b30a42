import type { PasswordPolicy } from "../../server/auth/password-policy.ts";
import type { Page } from "../page.ts";
import type { FormState } from "../ui/form-state.ts";
import { TextInput } from "../ui/inputs.tsx";

/** What a password has to be, in a sentence or two. */
export function policyHint({ t }: Page, policy: PasswordPolicy): string {
  const { credentials } = t;
  return [
    credentials.atLeast(policy.minimumLength),
    ...(policy.remembered > 0 ? [credentials.notAgain(policy.remembered)] : []),
  ].join(" ");
}

/** A password to be, typed twice. */
export function NewPasswordFields(props: {
  page: Page;
  form: FormState;
  policy: PasswordPolicy;
}): JSX.Element {
  const { page, form, policy } = props;
  const { profile } = page.t.staff;
  const it = { page, form, type: "password" as const, autocomplete: "new-password" };
  return (
    <>
      <TextInput {...it} name="newPassword" label={profile.newPassword} hint={policyHint(page, policy)} />
      <TextInput {...it} name="repeatPassword" label={profile.repeatPassword} />
    </>
  );
}
