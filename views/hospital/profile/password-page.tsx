import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

/** Changing one's own password; `must` where nothing else is open before. */
export function PasswordPage(props: {
  page: Page;
  form: FormState;
  whole?: string;
  must: boolean;
}): JSX.Element {
  const { page, form, must } = props;
  const { t } = page;
  const { profile } = t.staff;
  const labels = {
    currentPassword: profile.currentPassword,
    newPassword: profile.newPassword,
    repeatPassword: profile.repeatPassword,
  };
  const it = { page, form, type: "password" as const };
  return (
    <AppLayout page={page} title={profile.changePassword}>
      <PageHeader
        title={profile.changePassword}
        {...(must ? {} : { crumbs: [{ label: profile.title, href: "/profile" }] })}
      />
      {must ? <Banner tone="info" title={profile.mustChange} text={profile.mustChangeText} /> : ""}
      <FormErrors
        page={page}
        form={form}
        labels={labels}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/profile/password">
        <TextInput
          {...it}
          name="currentPassword"
          label={labels.currentPassword}
          autocomplete="current-password"
          autofocus
        />
        <TextInput
          {...it}
          name="newPassword"
          label={labels.newPassword}
          hint={profile.newPasswordHint}
          autocomplete="new-password"
        />
        <TextInput {...it} name="repeatPassword" label={labels.repeatPassword} autocomplete="new-password" />
        <FormActions>
          <Button label={profile.changePassword} look="primary" />
          {must ? "" : <LinkButton href="/profile" label={t.actions.cancel} />}
        </FormActions>
      </Form>
    </AppLayout>
  );
}
