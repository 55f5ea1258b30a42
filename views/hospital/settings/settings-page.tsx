import { localeOf } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import { languages } from "../../messages/catalogue.ts";
import type { Page } from "../../page.ts";
import { Button } from "../../ui/button.tsx";
import { type Option, Select } from "../../ui/choices.tsx";
import { FieldRow, Form, FormActions, FormErrors, FormSection } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { Textarea, TextInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { RoomTabs } from "../../ui/room-tabs.tsx";

export interface SettingsPageProps {
  readonly page: Page;
  readonly form: FormState;
  readonly whole?: string;
  readonly version: number;
  readonly timeZones: readonly string[];
  readonly currencies: readonly string[];
  readonly mayEdit: boolean;
}

/** The hospital's own facts. */
export function SettingsPage(props: SettingsPageProps): JSX.Element {
  const { page, form, mayEdit } = props;
  const { settings } = page.t.staff;
  const it = { page, form, disabled: !mayEdit };
  return (
    <AppLayout page={page} title={settings.title}>
      <PageHeader title={settings.title} />
      <RoomTabs page={page} />
      <FormErrors
        page={page}
        form={form}
        labels={settings}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/settings" version={props.version}>
        <FormSection title={settings.hospital}>
          <TextInput {...it} name="name" label={settings.name} maxlength={120} />
          <FieldRow>
            <TextInput {...it} name="contactEmail" label={settings.contactEmail} type="email" optional />
            <TextInput {...it} name="contactPhone" label={settings.contactPhone} type="tel" optional />
          </FieldRow>
          <Textarea {...it} name="address" label={settings.address} maxlength={300} optional />
        </FormSection>
        <FormSection title={settings.region}>
          <FieldRow>
            <Select
              {...it}
              name="timeZone"
              label={settings.timeZone}
              options={plainOptions(props.timeZones)}
            />
            <Select {...it} name="currency" label={settings.currency} options={currencyOptions(props)} />
          </FieldRow>
          <Select
            {...it}
            name="language"
            label={settings.language}
            options={languages.map(({ code, name }) => ({ value: code, label: name }))}
          />
        </FormSection>
        {mayEdit ? (
          <FormActions>
            <Button label={page.t.actions.saveChanges} look="primary" />
          </FormActions>
        ) : (
          ""
        )}
      </Form>
    </AppLayout>
  );
}

const plainOptions = (values: readonly string[]): readonly Option[] =>
  values.map((value) => ({ value, label: value.replaceAll("_", " ") }));

function currencyOptions({ page, currencies }: SettingsPageProps): readonly Option[] {
  const names = new Intl.DisplayNames(localeOf(page.lang), { type: "currency" });
  return currencies.map((value) => ({ value, label: `${value} · ${names.of(value) ?? value}` }));
}
