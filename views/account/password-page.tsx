import type { PasswordPolicy } from "../../server/auth/password-policy.ts";
import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { Banner } from "../ui/banner.tsx";
import { Button, LinkButton } from "../ui/button.tsx";
import { Form, FormActions, FormErrors } from "../ui/form.tsx";
import type { FormState } from "../ui/form-state.ts";
import { TextInput } from "../ui/inputs.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { NewPasswordFields } from "./new-password-fields.tsx";

export interface PasswordPageProps {
  readonly page: Page;
  readonly form: FormState;
  readonly whole?: string;
  /** Nothing else is open before. */
  readonly must: boolean;
  readonly policy: PasswordPolicy;
}

/** Changing one's own password. */
export function PasswordPage(props: PasswordPageProps): JSX.Element {
  const { page, form, must } = props;
  const { t } = page;
  const { profile } = t.staff;
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
        labels={profile}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/profile/password">
        <TextInput
          page={page}
          form={form}
          type="password"
          name="currentPassword"
          label={profile.currentPassword}
          autocomplete="current-password"
          autofocus
        />
        <NewPasswordFields page={page} form={form} policy={props.policy} />
        <FormActions>
          <Button label={profile.changePassword} look="primary" />
          {must ? "" : <LinkButton href="/profile" label={t.actions.cancel} />}
        </FormActions>
      </Form>
    </AppLayout>
  );
}
