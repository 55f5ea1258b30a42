import { Select } from "../../ui/choices.tsx";
import { FieldRow, FormSection } from "../../ui/form.tsx";
import { TextInput } from "../../ui/inputs.tsx";
import { currencyOptions, languageOptions, zoneOptions } from "../hospitals/place-options.ts";
import type { WizardProps } from "./wizard-page.tsx";

type StepProps = WizardProps & { readonly labels: Readonly<Record<string, string>> };

const fieldOf =
  ({ page, form, labels }: StepProps) =>
  (name: string) => ({ page, form, name, label: labels[name] ?? name });

/** The first page: what the hospital is called, and where it is. */
export function WizardHospital(props: StepProps): JSX.Element {
  const { page } = props;
  const { wizard: t } = page.t.owner;
  const field = fieldOf(props);
  return (
    <FormSection title={t.steps.hospital}>
      <TextInput {...field("companyName")} maxlength={120} autofocus />
      <TextInput
        {...field("subdomain")}
        hint={t.subdomainHint(props.base)}
        maxlength={63}
        dir="ltr"
        width="medium"
      />
      <TextInput {...field("region")} hint={t.regionHint} maxlength={63} dir="ltr" width="medium" />
      <FieldRow>
        <Select {...field("timeZone")} options={zoneOptions()} />
        <Select {...field("currency")} options={currencyOptions(page)} />
        <Select {...field("language")} options={languageOptions()} />
      </FieldRow>
      <TextInput
        {...field("tenantDbName")}
        hint={t.tenantDbNameHint}
        maxlength={63}
        dir="ltr"
        width="medium"
        optional
      />
    </FormSection>
  );
}

/** The second page: who signs in first. */
export function WizardAdmin(props: StepProps): JSX.Element {
  const { wizard: t } = props.page.t.owner;
  const field = fieldOf(props);
  const kept = Boolean(props.form.values["sealedPassword"]);
  return (
    <FormSection title={t.adminTitle}>
      <TextInput {...field("adminName")} maxlength={120} autofocus />
      <TextInput {...field("adminEmail")} type="email" maxlength={254} />
      <TextInput
        {...field("password")}
        type="password"
        hint={kept ? t.passwordKept : t.adminPasswordHint}
        autocomplete="new-password"
        maxlength={200}
        width="medium"
        optional
      />
    </FormSection>
  );
}
