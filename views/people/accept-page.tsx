import { PlainLayout } from "../layouts/plain-layout.tsx";
import type { Page } from "../page.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Form, FormActions, FormErrors } from "../ui/form.tsx";
import type { FormState } from "../ui/form-state.ts";
import { TextInput } from "../ui/inputs.tsx";

/** Where somebody invited comes in: their name, and a password of their own. */
export function AcceptPage(props: {
  page: Page;
  form: FormState;
  whole?: string;
  token: string;
  email: string;
}): JSX.Element {
  const { page, form } = props;
  const { accept } = page.t.people;
  const { profile, name } = page.t.staff;
  const labels = { name, password: profile.newPassword, repeatPassword: profile.repeatPassword };
  const it = { page, form };
  const title = accept.title(page.brand.name);
  return (
    <PlainLayout page={page} title={title}>
      <h1 safe>{title}</h1>
      <p safe>{accept.lead(props.email)}</p>
      <FormErrors
        page={page}
        form={form}
        labels={labels}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action={`/invitations/${props.token}`}>
        <TextInput {...it} name="name" label={labels.name} autocomplete="name" maxlength={120} />
        <TextInput
          {...it}
          name="password"
          label={labels.password}
          hint={profile.newPasswordHint}
          type="password"
          autocomplete="new-password"
        />
        <TextInput
          {...it}
          name="repeatPassword"
          label={labels.repeatPassword}
          type="password"
          autocomplete="new-password"
        />
        <FormActions>
          <Button label={accept.submit} look="primary" size="large" />
        </FormActions>
      </Form>
    </PlainLayout>
  );
}

/** A link that no longer works. */
export function InvitationGonePage({ page }: { page: Page }): JSX.Element {
  const { accept } = page.t.people;
  return (
    <PlainLayout page={page} title={accept.gone}>
      <h1 class="sr-only" safe>
        {accept.gone}
      </h1>
      <EmptyState icon="mail" title={accept.gone} hint={accept.goneText}>
        <LinkButton href="/sign-in" label={page.t.actions.signIn} look="primary" />
      </EmptyState>
    </PlainLayout>
  );
}
