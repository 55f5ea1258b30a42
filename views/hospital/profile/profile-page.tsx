import type { SessionRow } from "../../../server/auth/account-sessions.ts";
import type { SecondFactorState } from "../../../server/auth/second-factor.ts";
import type { Profile } from "../../../server/hospital/profile/profile.ts";
import { FactorPanel } from "../../account/factor-panel.tsx";
import { SessionsPanel } from "../../account/sessions-panel.tsx";
import { AppLayout } from "../../layouts/app-layout.tsx";
import { languages } from "../../messages/catalogue.ts";
import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Select } from "../../ui/choices.tsx";
import { FieldRow, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";

export interface ProfilePageProps {
  readonly page: Page;
  readonly profile: Profile;
  readonly form: FormState;
  readonly sessions: readonly SessionRow[];
  /** Null for whoever is here without an account of their own. */
  readonly factor: SecondFactorState | null;
}

/** A person's own account. */
export function ProfilePage(props: ProfilePageProps): JSX.Element {
  const { page, form, sessions } = props;
  const { profile, name } = page.t.staff;
  return (
    <AppLayout page={page} title={profile.title}>
      <PageHeader title={profile.title} lead={props.profile.email}>
        <LinkButton href="/profile/email" label={page.t.credentials.emailTitle} icon="mail" />
        <LinkButton href="/profile/password" label={profile.changePassword} icon="key-round" />
      </PageHeader>
      <FormErrors
        page={page}
        form={form}
        labels={{ name, language: profile.language, theme: profile.theme }}
      />
      <Panel title={profile.preferences}>
        <ProfileForm {...props} />
      </Panel>
      {props.factor === null ? "" : <FactorPanel page={page} state={props.factor} />}
      <SessionsPanel
        page={page}
        sessions={sessions}
        base="/profile/sessions"
        endAll={
          sessions.length > 1 ? { action: "/profile/sessions/others/end", label: profile.endOthers } : null
        }
        mayEnd
      />
    </AppLayout>
  );
}

function ProfileForm({ page, form }: ProfilePageProps): JSX.Element {
  const { t } = page;
  const { profile } = t.staff;
  const it = { page, form };
  return (
    <Form page={page} action="/profile">
      <TextInput {...it} name="name" label={profile.yourName} maxlength={120} autocomplete="name" />
      <FieldRow>
        <Select
          {...it}
          name="language"
          label={profile.language}
          noneLabel={profile.languageNone}
          options={languages.map(({ code, name }) => ({ value: code, label: name }))}
          optional
        />
        <Select
          {...it}
          name="theme"
          label={profile.theme}
          options={[
            { value: "system", label: t.shell.themeSystem },
            { value: "light", label: t.shell.themeLight },
            { value: "dark", label: t.shell.themeDark },
          ]}
        />
      </FieldRow>
      <FormActions>
        <Button label={t.actions.saveChanges} look="primary" />
      </FormActions>
    </Form>
  );
}
