import { PlainLayout } from "./layouts/plain-layout.tsx";
import type { Page } from "./page.ts";
import { Banner } from "./ui/banner.tsx";
import { Button, LinkButton } from "./ui/button.tsx";
import { Form, FormActions, FormErrors } from "./ui/form.tsx";
import type { FormState } from "./ui/form-state.ts";
import { TextInput } from "./ui/inputs.tsx";

export interface SignInPageProps {
  readonly page: Page;
  readonly form: FormState;
  readonly returnTo: string;
  /** They were signed in here, and are no longer. */
  readonly ended: boolean;
  /** What went wrong with the whole, in words. */
  readonly whole?: string;
  /** In a demonstration: the accounts that one may try. */
  readonly demoEmails: readonly string[];
  /** Whether mail rests in the mailbox page. */
  readonly mailbox: boolean;
}

/** The sign-in page of either portal. */
export function SignInPage(props: SignInPageProps): JSX.Element {
  const { page, form } = props;
  const { t } = page;
  const title = page.portal === "owner" ? t.signIn.toOwner : t.signIn.toHospital(page.brand.name);
  const labels = { email: t.signIn.email, password: t.signIn.password };
  return (
    <PlainLayout page={page} title={t.signIn.title}>
      <h1 safe>{title}</h1>
      {props.ended ? <Banner tone="info" title={t.errors["auth.session-ended"]} /> : ""}
      <FormErrors
        page={page}
        form={form}
        labels={labels}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/sign-in">
        <input type="hidden" name="returnTo" value={props.returnTo} />
        <TextInput
          page={page}
          form={form}
          name="email"
          label={labels.email}
          type="email"
          autocomplete="username"
        />
        <TextInput
          page={page}
          form={form}
          name="password"
          label={labels.password}
          type="password"
          autocomplete="current-password"
        />
        <FormActions>
          <Button label={t.signIn.submit} look="primary" size="large" />
          <LinkButton href="/forgot-password" label={t.credentials.forgot} size="large" look="ghost" />
        </FormActions>
      </Form>
      {props.demoEmails.length === 0 ? "" : <DemoAccounts {...props} />}
    </PlainLayout>
  );
}

function DemoAccounts(props: Pick<SignInPageProps, "page" | "demoEmails" | "mailbox">): JSX.Element {
  const { t } = props.page;
  return (
    <section class="demo-accounts">
      <h2 safe>{t.signIn.demoTitle}</h2>
      <ul>
        {props.demoEmails.map((email) => (
          <li>
            <bdi safe>{email}</bdi>
          </li>
        ))}
      </ul>
      <p safe>{t.signIn.demoHint}</p>
      {props.mailbox ? (
        <p>
          <a href="/mailbox" safe>
            {t.credentials.openMailbox}
          </a>
        </p>
      ) : (
        ""
      )}
    </section>
  );
}
