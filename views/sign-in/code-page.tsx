import { CodeInput } from "../account/code-input.tsx";
import { PlainLayout } from "../layouts/plain-layout.tsx";
import type { Page } from "../page.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Form, FormActions, FormErrors } from "../ui/form.tsx";
import type { FormState } from "../ui/form-state.ts";

export interface CodePageProps {
  readonly page: Page;
  readonly form: FormState;
  readonly returnTo: string;
  readonly whole?: string;
}

/** The second step of signing in: the code of the app, or a recovery code. */
export function CodePage(props: CodePageProps): JSX.Element {
  const { page, form } = props;
  const { account } = page.t;
  return (
    <PlainLayout page={page} title={account.codeTitle}>
      <h1 safe>{account.codeTitle}</h1>
      <p safe>{account.codeLead}</p>
      <FormErrors
        page={page}
        form={form}
        labels={{ code: account.code }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/sign-in/code">
        <input type="hidden" name="returnTo" value={props.returnTo} />
        <CodeInput page={page} form={form} autofocus />
        <FormActions>
          <Button label={account.codeSubmit} look="primary" size="large" />
          <LinkButton href="/sign-in" label={account.backToSignIn} size="large" look="ghost" />
        </FormActions>
      </Form>
    </PlainLayout>
  );
}
