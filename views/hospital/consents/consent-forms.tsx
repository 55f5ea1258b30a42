import type { Consent } from "../../../server/hospital/consents/consents.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { RadioGroup, Select } from "../../ui/choices.tsx";
import { ConfirmPage } from "../../ui/confirm.tsx";
import { FieldRow, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { DateInput, Textarea, TextInput } from "../../ui/inputs.tsx";
import { Panel } from "../../ui/panel.tsx";
import { PatientLayout, type PatientLayoutProps } from "../patients/patient-page.tsx";

type Shell = Omit<PatientLayoutProps, "tab">;

const purposes = ["treatment", "research", "insurance", "third-party", "data-export", "marketing"] as const;

/** Recording a consent. */
export function ConsentFormPage(props: Shell & { form: FormState; whole?: string }): JSX.Element {
  const { page, patient, form } = props;
  const { consents: t } = page.t.privacy;
  const it = { page, form };
  const of = <Key extends string>(
    words: Readonly<Record<Key, string>>,
    keys: readonly Key[],
  ): readonly { readonly value: Key; readonly label: string }[] =>
    keys.map((value) => ({ value, label: words[value] }));
  const labels = {
    ...{ purpose: t.purpose, decision: t.decision, givenBy: t.givenBy, giverName: t.giverName },
    ...{ method: t.method, validFrom: t.validFrom, validUntil: t.validUntil },
    ...{ documentReference: t.document, note: t.note },
  };
  return (
    <PatientLayout {...props} tab="consents">
      <Panel title={t.add}>
        <FormErrors
          page={page}
          form={form}
          labels={labels}
          {...(props.whole === undefined ? {} : { whole: props.whole })}
        />
        <Form page={page} action={`/patients/${patient.id}/consents`}>
          <Select
            {...it}
            name="purpose"
            label={t.purpose}
            width="medium"
            options={of(t.purposes, purposes)}
          />
          <RadioGroup
            {...it}
            name="decision"
            label={t.decision}
            inline
            options={of(t.decisions, ["granted", "refused"])}
          />
          <RadioGroup
            {...it}
            name="givenBy"
            label={t.givenBy}
            inline
            options={of(t.givers, ["patient", "guardian"])}
          />
          <TextInput
            {...it}
            name="giverName"
            label={t.giverName}
            hint={t.giverNameHint}
            maxlength={200}
            optional
          />
          <RadioGroup
            {...it}
            name="method"
            label={t.method}
            inline
            options={of(t.methods, ["written", "verbal", "electronic"])}
          />
          <FieldRow>
            <DateInput {...it} name="validFrom" label={t.validFrom} optional />
            <DateInput {...it} name="validUntil" label={t.validUntil} optional />
          </FieldRow>
          <TextInput {...it} name="documentReference" label={t.document} maxlength={300} optional />
          <Textarea {...it} name="note" label={t.note} rows={2} maxlength={1000} optional />
          <FormActions>
            <Button label={page.t.actions.save} look="primary" />
            <LinkButton href={`/patients/${patient.id}/consents`} label={page.t.actions.cancel} />
          </FormActions>
        </Form>
      </Panel>
    </PatientLayout>
  );
}

/** The question before a consent is withdrawn. */
export function WithdrawPage(props: { page: Page; consent: Consent; form: FormState }): JSX.Element {
  const { page, consent, form } = props;
  const { consents: t } = page.t.privacy;
  const at = `/patients/${consent.patientId}/consents`;
  return (
    <AppLayout page={page} title={t.withdrawTitle}>
      <ConfirmPage
        page={page}
        title={`${t.withdrawTitle}: ${t.purposes[consent.purpose]}`}
        text={t.withdrawText}
        action={`${at}/${consent.id}/withdrawal`}
        confirmLabel={t.withdraw}
        form={form}
        cancelHref={at}
      >
        <TextInput
          page={page}
          form={{ ...form, idPrefix: "confirm" }}
          name="reason"
          label={t.withdrawReason}
          maxlength={300}
          autofocus
        />
      </ConfirmPage>
    </AppLayout>
  );
}
