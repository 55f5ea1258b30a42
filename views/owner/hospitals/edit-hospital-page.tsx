import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Select } from "../../ui/choices.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { currencyOptions, languageOptions, zoneOptions } from "./place-options.ts";

/** The form in which a hospital's facts are changed. */
export function EditHospitalPage(props: {
  page: Page;
  id: string;
  name: string;
  version: number;
  form: FormState;
  whole?: string;
}): JSX.Element {
  const { page, form } = props;
  const { details: t, wizard, hospitals } = page.t.owner;
  const labels = {
    companyName: wizard.companyName,
    timeZone: t.timeZone,
    currency: t.currency,
    language: t.language,
    contactEmail: t.contactEmail,
    contactPhone: t.contactPhone,
  };
  const field = (name: keyof typeof labels) => ({ page, form, name, label: labels[name] });
  return (
    <AppLayout page={page} title={t.editTitle(props.name)}>
      <PageHeader
        title={t.editTitle(props.name)}
        crumbs={[
          { label: hospitals.title, href: "/hospitals" },
          { label: props.name, href: `/hospitals/${props.id}` },
        ]}
      />
      <FormErrors
        page={page}
        form={form}
        labels={labels}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action={`/hospitals/${props.id}/edit`} version={props.version}>
        <TextInput {...field("companyName")} maxlength={120} />
        <Select {...field("timeZone")} options={zoneOptions()} width="medium" />
        <Select {...field("currency")} options={currencyOptions(page)} width="medium" />
        <Select {...field("language")} options={languageOptions()} width="medium" />
        <TextInput {...field("contactEmail")} type="email" optional maxlength={254} />
        <TextInput {...field("contactPhone")} type="tel" optional maxlength={40} width="medium" />
        <FormActions>
          <Button label={page.t.actions.saveChanges} look="primary" />
          <LinkButton href={`/hospitals/${props.id}`} label={page.t.actions.cancel} look="ghost" />
        </FormActions>
      </Form>
    </AppLayout>
  );
}
