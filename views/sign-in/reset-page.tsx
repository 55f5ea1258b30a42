import type { PasswordPolicy } from "../../server/auth/password-policy.ts";
import { NewPasswordFields } from "../account/new-password-fields.tsx";
import { PlainLayout } from "../layouts/plain-layout.tsx";
import type { Page } from "../page.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Form, FormActions, FormErrors } from "../ui/form.tsx";
import type { FormState } from "../ui/form-state.ts";
import { ProofFields } from "./proof-fields.tsx";

/** Choosing a new password by a mailed link, or by its code. */
export function ResetPage(props: {
  page: Page;
  form: FormState;
  whole?: string;
  token: string | null;
  policy: PasswordPolicy;
}): JSX.Element {
  const { page, form } = props;
  const { credentials, signIn, staff } = page.t;
  const { newPassword, repeatPassword } = staff.profile;
  return (
    <PlainLayout page={page} title={credentials.resetTitle}>
      <h1 safe>{credentials.resetTitle}</h1>
      <p safe>{credentials.resetLead}</p>
      <FormErrors
        page={page}
        form={form}
        labels={{ email: signIn.email, code: credentials.code, newPassword, repeatPassword }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/reset-password">
        <ProofFields page={page} form={form} token={props.token} />
        <NewPasswordFields page={page} form={form} policy={props.policy} />
        <FormActions>
          <Button label={credentials.resetSubmit} look="primary" size="large" />
          <LinkButton href="/sign-in" label={credentials.backToSignIn} size="large" look="ghost" />
        </FormActions>
      </Form>
    </PlainLayout>
  );
}
