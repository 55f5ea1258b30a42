import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Checkbox, RadioGroup, Select } from "../../ui/choices.tsx";
import { FieldRow, Form, FormActions, FormSection } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { DateInput, NumberInput, Textarea, TextInput } from "../../ui/inputs.tsx";

export interface PatientFormProps {
  readonly page: Page;
  readonly form: FormState;
  readonly action: string;
  readonly cancelHref: string;
  /** Registering: asks whether it is an emergency. Editing: asks for the state of the record. */
  readonly registering: boolean;
  readonly version?: number;
  readonly idempotencyKey?: string;
  /** Candidates were shown: offers to save all the same. */
  readonly saveAnyway?: boolean;
}

/** The details of a patient, in the order in which they are asked at the desk. */
export function PatientForm(props: PatientFormProps): JSX.Element {
  const { page, registering } = props;
  const { t } = page;
  const version = props.version === undefined ? {} : { version: props.version };
  const key = props.idempotencyKey === undefined ? {} : { idempotencyKey: props.idempotencyKey };
  return (
    <Form page={page} action={props.action} {...version} {...key}>
      <Who {...props} />
      <Reach {...props} />
      {registering ? "" : <RecordState {...props} />}
      <FormActions>
        {props.saveAnyway === true ? (
          <Button label={t.patients.duplicates.saveAnyway} look="primary" name="saveAnyway" value="true" />
        ) : (
          <Button label={registering ? t.patients.save : t.actions.saveChanges} look="primary" />
        )}
        <LinkButton href={props.cancelHref} label={t.actions.cancel} />
      </FormActions>
    </Form>
  );
}

function Who({ page, form, registering }: PatientFormProps): JSX.Element {
  const { fields, hints, ageUnits } = page.t.patients;
  const it = { page, form };
  const units = Object.entries(ageUnits).map(([value, label]) => ({ value, label }));
  return (
    <FormSection title={page.t.patients.sections.who}>
      <FieldRow>
        <TextInput
          {...it}
          name="firstName"
          label={fields.firstName}
          maxlength={100}
          autofocus={registering}
        />
        <TextInput {...it} name="lastName" label={fields.lastName} maxlength={100} />
      </FieldRow>
      {registering ? <Checkbox {...it} name="oneName" label={fields.oneName} optional /> : ""}
      <RadioGroup {...it} name="sex" label={fields.sex} options={sexOptions(page)} inline />
      <FieldRow>
        <DateInput {...it} name="bornOn" label={fields.bornOn} />
        <NumberInput {...it} name="age" label={fields.age} optional />
        <Select
          {...it}
          name="ageUnit"
          label={fields.ageUnit}
          options={units}
          optional
          noneLabel={ageUnits.years}
        />
      </FieldRow>
      {registering ? (
        <>
          <Checkbox {...it} name="unknown" label={fields.unknown} hint={hints.unknown} optional />
          <Checkbox {...it} name="emergency" label={fields.emergency} hint={hints.emergency} optional />
        </>
      ) : (
        ""
      )}
    </FormSection>
  );
}

function sexOptions({ t }: Page) {
  return [
    { value: "female", label: t.person.female },
    { value: "male", label: t.person.male },
    { value: "other", label: t.person.otherSex },
    { value: "unknown", label: t.person.unknownSex },
  ];
}

function Reach({ page, form }: PatientFormProps): JSX.Element {
  const { fields, hints, sections, marital } = page.t.patients;
  const it = { page, form, optional: true };
  const groups = ["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"].map((value) => ({ value, label: value }));
  const states = Object.entries(marital).map(([value, label]) => ({ value, label }));
  return (
    <>
      <FormSection title={sections.contact}>
        <FieldRow>
          <TextInput {...it} name="phone" label={fields.phone} type="tel" maxlength={40} />
          <TextInput {...it} name="email" label={fields.email} type="email" maxlength={254} />
        </FieldRow>
        <TextInput
          {...it}
          name="nationalId"
          label={fields.nationalId}
          maxlength={100}
          dir="ltr"
          width="medium"
        />
      </FormSection>
      <FormSection title={sections.address}>
        <TextInput {...it} name="addressLine" label={fields.addressLine} maxlength={250} />
        <FieldRow>
          <TextInput {...it} name="city" label={fields.city} maxlength={100} />
          <TextInput {...it} name="state" label={fields.state} maxlength={100} />
        </FieldRow>
        <FieldRow>
          <TextInput {...it} name="postalCode" label={fields.postalCode} maxlength={20} dir="ltr" />
          <TextInput {...it} name="country" label={fields.country} maxlength={100} />
        </FieldRow>
      </FormSection>
      <FormSection title={sections.emergency}>
        <TextInput {...it} name="emergencyContactName" label={fields.emergencyContactName} maxlength={200} />
        <FieldRow>
          <TextInput {...it} name="emergencyContactPhone" label={fields.emergencyContactPhone} type="tel" />
          <TextInput {...it} name="emergencyContactRelation" label={fields.emergencyContactRelation} />
        </FieldRow>
      </FormSection>
      <FormSection title={sections.more}>
        <FieldRow>
          <TextInput {...it} name="middleName" label={fields.middleName} maxlength={100} />
          <TextInput {...it} name="language" label={fields.language} maxlength={100} />
        </FieldRow>
        <FieldRow>
          <Select
            {...it}
            name="bloodGroup"
            label={fields.bloodGroup}
            options={groups}
            noneLabel={page.t.form.notGiven}
          />
          <Select
            {...it}
            name="maritalStatus"
            label={fields.maritalStatus}
            options={states}
            noneLabel={page.t.form.notGiven}
          />
        </FieldRow>
        <Textarea {...it} name="notes" label={fields.notes} hint={hints.notes} maxlength={2000} />
      </FormSection>
    </>
  );
}

function RecordState({ page, form }: PatientFormProps): JSX.Element {
  const { t } = page;
  const options = (["active", "inactive", "deceased"] as const).map((value) => ({
    value,
    label: t.states[value],
  }));
  return (
    <FormSection title={t.patients.sections.state}>
      <FieldRow>
        <Select page={page} form={form} name="status" label={t.patients.fields.status} options={options} />
        <DateInput page={page} form={form} name="deceasedOn" label={t.patients.fields.deceasedOn} optional />
      </FieldRow>
    </FormSection>
  );
}
