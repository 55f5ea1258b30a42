import type { Patient } from "../../../server/hospital/patients/patients.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { ConfirmPage } from "../../ui/confirm.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { deleteQuestion } from "./patient-overview.tsx";

/** The question before deleting as a page: without script, and where the reason was missing. */
export function DeletePatientPage(props: { page: Page; patient: Patient; form: FormState }): JSX.Element {
  const { page, patient, form } = props;
  const { fields, hints } = page.t.patients;
  const question = deleteQuestion(page, patient);
  return (
    <AppLayout page={page} title={question.title}>
      <ConfirmPage {...question} form={form} cancelHref={`/patients/${patient.id}`}>
        <TextInput
          page={page}
          form={{ ...form, idPrefix: "confirm" }}
          name="reason"
          label={fields.reason}
          hint={hints.reason}
          maxlength={300}
          autofocus
        />
      </ConfirmPage>
    </AppLayout>
  );
}
