import type { DuplicateCandidate } from "../../../server/hospital/patients/duplicates.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Code, Mrn } from "../../ui/bdi.tsx";
import { Chip } from "../../ui/chip.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { PatientForm } from "./patient-form.tsx";
import { ageAndSex, patientName } from "./patient-words.ts";

interface Shown {
  readonly page: Page;
  readonly form: FormState;
  readonly whole?: string;
}

/** Registering a patient. */
export function RegisterPatientPage(
  props: Shown & { idempotencyKey: string; candidates: readonly DuplicateCandidate[] },
): JSX.Element {
  const { page, form, candidates } = props;
  const { t } = page;
  return (
    <AppLayout page={page} title={t.patients.registerTitle}>
      <PageHeader
        title={t.patients.registerTitle}
        crumbs={[{ label: t.patients.title, href: "/patients" }]}
      />
      <FormErrors page={page} form={form} labels={t.patients.fields} {...wholeOf(props)} />
      {candidates.length === 0 ? "" : <Candidates page={page} candidates={candidates} />}
      <PatientForm
        page={page}
        form={form}
        action="/patients"
        cancelHref="/patients"
        registering
        idempotencyKey={props.idempotencyKey}
        saveAnyway={candidates.length > 0}
      />
    </AppLayout>
  );
}

/** Changing a patient's details. */
export function EditPatientPage(props: Shown & { id: string; name: string; version: number }): JSX.Element {
  const { page, form, id } = props;
  const { t } = page;
  const crumbs = [
    { label: t.patients.title, href: "/patients" },
    { label: props.name, href: `/patients/${id}` },
  ];
  return (
    <AppLayout page={page} title={t.patients.editTitle}>
      <PageHeader title={t.patients.editTitle} crumbs={crumbs} />
      <FormErrors page={page} form={form} labels={t.patients.fields} {...wholeOf(props)} />
      <PatientForm
        page={page}
        form={form}
        action={`/patients/${id}`}
        cancelHref={`/patients/${id}`}
        registering={false}
        version={props.version}
      />
    </AppLayout>
  );
}

const wholeOf = (props: Shown) => (props.whole === undefined ? {} : { whole: props.whole });

const tones = { certain: "danger", probable: "warning", possible: "info" } as const;

function Candidates(props: { page: Page; candidates: readonly DuplicateCandidate[] }): JSX.Element {
  const { page } = props;
  const { t } = page;
  return (
    <div role="alert">
      <Panel title={t.patients.duplicates.title} id="duplicates" flush>
        <p class="panel-note" safe>
          {t.patients.duplicates.text}
        </p>
        <DataTable
          page={page}
          caption={t.patients.duplicates.title}
          rows={props.candidates}
          href={({ patient }) => `/patients/${patient.id}`}
          columns={[
            {
              key: "name",
              header: t.patients.name,
              card: "title",
              text: ({ patient }) =>
                patient.withheld === true
                  ? t.states.restricted
                  : (patientName(patient) ?? t.person.unknownName),
            },
            {
              key: "mrn",
              header: t.person.mrn,
              cell: ({ patient }) => <Mrn mrn={patient.mrn} />,
            },
            {
              key: "age",
              header: t.patients.ageAndSex,
              text: ({ patient }) => (patient.withheld === true ? "" : ageAndSex(page, patient)),
            },
            {
              key: "phone",
              header: t.patients.fields.phone,
              cell: ({ patient }) => <Code text={patient.phone ?? ""} />,
            },
            {
              key: "grade",
              header: t.patients.status,
              cell: ({ grade }) => <Chip tone={tones[grade]} label={t.patients.duplicates[grade]} />,
            },
          ]}
        />
      </Panel>
    </div>
  );
}
