import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Form, FormActions, FormErrors } from "../ui/form.tsx";
import type { FormState } from "../ui/form-state.ts";
import { TextInput } from "../ui/inputs.tsx";
import { PageHeader } from "../ui/page-header.tsx";

/** Asking to sign in with another e-mail address. */
export function EmailPage(props: {
  page: Page;
  form: FormState;
  whole?: string;
  /** The address as it is now. */
  now: string;
}): JSX.Element {
  const { page, form } = props;
  const { credentials, staff, actions } = page.t;
  const labels = { email: credentials.newEmail, currentPassword: staff.profile.currentPassword };
  return (
    <AppLayout page={page} title={credentials.emailTitle}>
      <PageHeader
        title={credentials.emailTitle}
        lead={credentials.emailLead(props.now)}
        crumbs={[{ label: staff.profile.title, href: "/profile" }]}
      />
      <FormErrors
        page={page}
        form={form}
        labels={labels}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/profile/email">
        <TextInput
          page={page}
          form={form}
          type="email"
          name="email"
          label={labels.email}
          autocomplete="email"
        />
        <TextInput
          page={page}
          form={form}
          type="password"
          name="currentPassword"
          label={labels.currentPassword}
          autocomplete="current-password"
        />
        <FormActions>
          <Button label={credentials.emailSubmit} look="primary" />
          <LinkButton href="/profile" label={actions.cancel} />
        </FormActions>
      </Form>
    </AppLayout>
  );
}
