import { PlainLayout } from "../layouts/plain-layout.tsx";
import type { Page } from "../page.ts";
import { Banner } from "../ui/banner.tsx";
import { Button, LinkButton } from "../ui/button.tsx";
import { Form, FormActions, FormErrors } from "../ui/form.tsx";
import type { FormState } from "../ui/form-state.ts";
import { TextInput } from "../ui/inputs.tsx";

/** Asking for a link to choose a new password. `gone` where one was followed that is good no more. */
export function ForgottenPage(props: { page: Page; form: FormState; gone?: boolean }): JSX.Element {
  const { page, form } = props;
  const { credentials, signIn } = page.t;
  return (
    <PlainLayout page={page} title={credentials.forgotTitle}>
      <h1 safe>{credentials.forgotTitle}</h1>
      {props.gone === true ? (
        <Banner tone="warning" title={credentials.linkGone} text={credentials.linkGoneText} />
      ) : (
        <p safe>{credentials.forgotLead}</p>
      )}
      <FormErrors page={page} form={form} labels={{ email: signIn.email }} />
      <Form page={page} action="/forgot-password">
        <TextInput
          page={page}
          form={form}
          type="email"
          name="email"
          label={signIn.email}
          autocomplete="username"
        />
        <FormActions>
          <Button label={credentials.forgotSubmit} look="primary" size="large" />
          <LinkButton href="/sign-in" label={credentials.backToSignIn} size="large" look="ghost" />
        </FormActions>
      </Form>
    </PlainLayout>
  );
}

/** The one answer to every address. */
export function ForgottenSentPage(props: { page: Page; email: string; demo: boolean }): JSX.Element {
  const { credentials } = props.page.t;
  return (
    <PlainLayout page={props.page} title={credentials.sentTitle}>
      <h1 safe>{credentials.sentTitle}</h1>
      <p safe>{credentials.sentText(props.email)}</p>
      <p safe>{credentials.sentNothing}</p>
      <div class="form-actions">
        {props.demo ? <LinkButton href="/mailbox" label={credentials.openMailbox} look="primary" /> : ""}
        <LinkButton href="/reset-password" label={credentials.haveCode} />
        <LinkButton href="/sign-in" label={credentials.backToSignIn} look="ghost" />
      </div>
    </PlainLayout>
  );
}
