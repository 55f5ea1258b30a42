import type { OwnSession, Profile } from "../../../server/hospital/profile/profile.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import { languages } from "../../messages/catalogue.ts";
import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Select } from "../../ui/choices.tsx";
import { CsrfField, FieldRow, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { SessionsTable } from "./sessions-table.tsx";

export interface ProfilePageProps {
  readonly page: Page;
  readonly profile: Profile;
  readonly form: FormState;
  readonly sessions: readonly OwnSession[];
}

/** A person's own account. */
export function ProfilePage(props: ProfilePageProps): JSX.Element {
  const { page, form, sessions } = props;
  const { profile, name } = page.t.staff;
  return (
    <AppLayout page={page} title={profile.title}>
      <PageHeader title={profile.title} lead={props.profile.email}>
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
      <Panel title={profile.sessions} flush actions={sessions.length > 1 ? <EndOthers page={page} /> : ""}>
        <SessionsTable page={page} sessions={sessions} />
      </Panel>
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

function EndOthers({ page }: { page: Page }): JSX.Element {
  return (
    <form method="post" action="/profile/sessions/others/end" data-hold>
      <CsrfField page={page} />
      <Button label={page.t.staff.profile.endOthers} size="small" icon="log-out" />
    </form>
  );
}
