import { PlainLayout } from "../layouts/plain-layout.tsx";
import type { Page } from "../page.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Form, FormActions, FormErrors } from "../ui/form.tsx";
import type { FormState } from "../ui/form-state.ts";
import { ProofFields } from "./proof-fields.tsx";

/** Confirming an address. A button asks for it, since programs that look into mail follow links by themselves. */
export function VerifyEmailPage(props: {
  page: Page;
  form: FormState;
  whole?: string;
  token: string | null;
}): JSX.Element {
  const { page, form } = props;
  const { credentials, signIn } = page.t;
  return (
    <PlainLayout page={page} title={credentials.verifyTitle}>
      <h1 safe>{credentials.verifyTitle}</h1>
      <p safe>{credentials.verifyLead}</p>
      <FormErrors
        page={page}
        form={form}
        labels={{ email: signIn.email, code: credentials.code }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/verify-email">
        <ProofFields page={page} form={form} token={props.token} />
        <FormActions>
          <Button label={credentials.verifySubmit} look="primary" size="large" />
          <LinkButton href="/sign-in" label={credentials.backToSignIn} size="large" look="ghost" />
        </FormActions>
      </Form>
    </PlainLayout>
  );
}
