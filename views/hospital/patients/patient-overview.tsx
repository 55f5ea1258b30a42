import type { Patient } from "../../../server/hospital/patients/patients.ts";
import { formatDate, formatNumber, languageName } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Code, Mrn } from "../../ui/bdi.tsx";
import { LinkButton } from "../../ui/button.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { ConfirmDialog } from "../../ui/confirm.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { emptyForm } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { Panel } from "../../ui/panel.tsx";
import { sexLabel } from "../../ui/patient-banner.tsx";
import { Instant } from "../../ui/time.tsx";
import { PatientLayout, type PatientLayoutProps } from "./patient-page.tsx";
import { patientName } from "./patient-words.ts";

interface OverviewProps extends Omit<PatientLayoutProps, "tab"> {
  readonly mayUpdate: boolean;
}

/** What is known of a patient besides their treatment. */
export function PatientOverview(props: OverviewProps): JSX.Element {
  const { page, patient } = props;
  const { t } = page;
  const inUse = patient.deletedAt === null;
  const actions = (
    <>
      {inUse && props.mayUpdate ? (
        <LinkButton
          href={`/patients/${patient.id}/edit`}
          label={t.actions.edit}
          icon="pencil"
          look="primary"
          size="small"
        />
      ) : (
        ""
      )}
      {props.rooms.disclosure ? (
        <LinkButton
          href={`/patients/${patient.id}/disclosure`}
          label={t.privacy.disclosure.action}
          icon="download"
          size="small"
        />
      ) : (
        ""
      )}
      {inUse && props.mayDelete ? (
        <LinkButton
          href={`/patients/${patient.id}/delete`}
          opens="delete-patient"
          label={t.patients.deleteAction}
          icon="trash-2"
          look="danger-quiet"
          size="small"
        />
      ) : (
        ""
      )}
    </>
  );
  return (
    <PatientLayout {...props} tab="overview">
      {patient.overLimit ? <Banner tone="warning" title={t.patients.overLimit} /> : ""}
      <Panel title={t.patients.details} actions={actions}>
        <DescriptionList page={page} items={detailsOf(page, patient)} />
      </Panel>
      <Panel title={t.patients.sections.emergency}>
        <DescriptionList
          page={page}
          items={[
            { term: t.patients.fields.emergencyContactName, text: patient.emergencyContactName },
            { term: t.patients.fields.emergencyContactPhone, value: codeOf(patient.emergencyContactPhone) },
            { term: t.patients.fields.emergencyContactRelation, text: patient.emergencyContactRelation },
          ]}
        />
      </Panel>
      <Panel title={t.patients.recordFacts}>
        <DescriptionList
          page={page}
          items={[
            { term: t.person.mrn, value: <Mrn mrn={patient.mrn} /> },
            {
              term: t.patients.status,
              value: <StatusChip page={page} state={inUse ? patient.status : "deleted"} />,
            },
            { term: t.patients.registered, value: <Instant page={page} at={patient.createdAt} /> },
            { term: t.patients.lastChanged, value: <Instant page={page} at={patient.updatedAt} /> },
            { term: t.patients.version, text: formatNumber(page, patient.version - 1) },
          ]}
        />
      </Panel>
      {inUse && props.mayDelete ? <DeletePatientDialog page={page} patient={patient} /> : ""}
    </PatientLayout>
  );
}

const codeOf = (text: string | null) => (text === null ? "" : <Code text={text} />);

function detailsOf(page: Page, patient: Patient) {
  const { t } = page;
  const { fields, marital } = t.patients;
  const lines = [patient.addressLine, patient.city, patient.state, patient.postalCode, patient.country];
  const born = patient.bornOn === null ? null : formatDate(page, patient.bornOn);
  return [
    { term: t.patients.name, text: patientName(patient) ?? t.person.unknownName },
    { term: fields.sex, text: sexLabel(page, patient.sex) },
    {
      term: fields.bornOn,
      text: born !== null && patient.bornOnEstimated ? `${born} (${t.person.estimated})` : born,
    },
    { term: fields.phone, value: codeOf(patient.phone) },
    { term: fields.email, value: codeOf(patient.email) },
    { term: fields.nationalId, value: codeOf(patient.nationalId) },
    { term: fields.addressLine, text: lines.filter(Boolean).join(", ") },
    { term: fields.language, text: patient.language === null ? null : languageName(page, patient.language) },
    { term: fields.bloodGroup, value: codeOf(patient.bloodGroup) },
    {
      term: fields.maritalStatus,
      text: patient.maritalStatus === null ? null : marital[patient.maritalStatus],
    },
    { term: fields.notes, text: patient.notes },
  ];
}

/** What the question before deleting says and asks. */
export function deleteQuestion(page: Page, patient: Patient) {
  const { t } = page;
  return {
    page,
    title: t.patients.deleteTitle(patientName(patient) ?? t.person.unknownName),
    text: t.patients.deleteText,
    action: `/patients/${patient.id}/delete`,
    confirmLabel: t.patients.deleteAction,
    version: patient.version,
  };
}

function DeletePatientDialog({ page, patient }: { page: Page; patient: Patient }): JSX.Element {
  const form = { ...emptyForm, idPrefix: "delete-patient" };
  const { fields, hints } = page.t.patients;
  return (
    <ConfirmDialog id="delete-patient" {...deleteQuestion(page, patient)}>
      <TextInput
        page={page}
        form={form}
        name="reason"
        label={fields.reason}
        hint={hints.reason}
        maxlength={300}
      />
    </ConfirmDialog>
  );
}
