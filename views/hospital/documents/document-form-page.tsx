import type { Encounter } from "../../../server/hospital/encounters/encounters.ts";
import { formatInstant } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Select } from "../../ui/choices.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { FileInput, TextInput } from "../../ui/inputs.tsx";
import { Panel } from "../../ui/panel.tsx";
import { PatientLayout } from "../patients/patient-page.tsx";
import type { Shell } from "./documents-page.tsx";

interface DocumentFormProps extends Shell {
  readonly form: FormState;
  readonly whole?: string;
  readonly idempotencyKey: string;
  /** The latest visits; none where the person may not see them. */
  readonly visits: readonly Encounter[];
}

const accepted = ".pdf,.png,.jpg,.jpeg,.webp,.txt,application/pdf,image/png,image/jpeg,image/webp,text/plain";

/** Choosing a file and saying what it is. */
export function DocumentFormPage(props: DocumentFormProps): JSX.Element {
  const { page, patient, form, visits } = props;
  const { documents: t, actions } = page.t;
  const at = `/patients/${patient.id}/documents`;
  const it = { page, form };
  const labels = { file: t.file, kind: t.kind, title: t.titleField, encounterId: t.visit };
  return (
    <PatientLayout {...props} tab="documents">
      <Panel title={t.addTitle}>
        <FormErrors {...it} labels={labels} {...(props.whole === undefined ? {} : { whole: props.whole })} />
        <Form page={page} action={at} files idempotencyKey={props.idempotencyKey}>
          <FileInput {...it} name="file" label={t.file} hint={t.fileHint} accept={accepted} />
          <KindSelect {...it} />
          <TextInput {...it} name="title" label={t.titleField} hint={t.titleHint} maxlength={200} optional />
          {visits.length === 0 ? (
            ""
          ) : (
            <Select
              {...it}
              name="encounterId"
              label={t.visit}
              width="medium"
              optional
              noneLabel={t.noVisit}
              options={visits.map((visit) => ({ value: visit.id, label: visitWords(page, visit) }))}
            />
          )}
          <FormActions>
            <Button label={t.add} look="primary" icon="upload" />
            <LinkButton href={at} label={actions.cancel} />
          </FormActions>
        </Form>
      </Panel>
    </PatientLayout>
  );
}

function visitWords(page: Page, { at, display }: Encounter): string {
  return at === null ? display : `${formatInstant(page, at)} · ${display}`;
}

/** What a document is. */
export function KindSelect({ page, form }: { page: Page; form: FormState }): JSX.Element {
  const { documents: t } = page.t;
  const options = Object.entries(t.kinds).map(([value, label]) => ({ value, label }));
  return <Select page={page} form={form} name="kind" label={t.kind} width="medium" options={options} />;
}
