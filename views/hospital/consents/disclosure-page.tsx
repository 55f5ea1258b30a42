import { Button, LinkButton } from "../../ui/button.tsx";
import { Select } from "../../ui/choices.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { Panel } from "../../ui/panel.tsx";
import { PatientLayout, type PatientLayoutProps } from "../patients/patient-page.tsx";

const purposes = ["subject", "treatment", "research", "insurance", "third-party"] as const;

/** Giving a record out: for what, to whom, and why. */
export function DisclosurePage(
  props: Omit<PatientLayoutProps, "tab"> & { form: FormState; whole?: string },
): JSX.Element {
  const { page, patient, form } = props;
  const { disclosure: t } = page.t.privacy;
  const it = { page, form };
  return (
    <PatientLayout {...props} tab="overview">
      <Panel title={t.title}>
        <p safe>{t.lead}</p>
        <FormErrors
          page={page}
          form={form}
          labels={{ purpose: t.purpose, recipient: t.recipient, reason: t.reason }}
          {...(props.whole === undefined ? {} : { whole: props.whole })}
        />
        <Form page={page} action={`/patients/${patient.id}/disclosure`}>
          <Select
            {...it}
            name="purpose"
            label={t.purpose}
            hint={t.purposeHint}
            width="medium"
            options={purposes.map((value) => ({ value, label: t.purposes[value] }))}
          />
          <TextInput {...it} name="recipient" label={t.recipient} maxlength={200} />
          <TextInput {...it} name="reason" label={t.reason} maxlength={300} />
          <FormActions>
            <Button label={t.make} look="primary" icon="download" />
            <LinkButton href={`/patients/${patient.id}`} label={page.t.actions.cancel} />
          </FormActions>
        </Form>
      </Panel>
    </PatientLayout>
  );
}
