import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { ConfirmPage } from "../../ui/confirm.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { type AskedAct, questionOf, ReasonField } from "./hospital-acts.tsx";
import type { HospitalRow } from "./hospitals-table.tsx";

/** The question before an act as a page: without script, and where the typed name was wrong. */
export function AskPage(props: {
  page: Page;
  hospital: HospitalRow;
  act: AskedAct;
  form: FormState;
  retentionDays: number;
}): JSX.Element {
  const { page, hospital, act, form } = props;
  const question = questionOf(props, act);
  const reason = form.values["reason"];
  return (
    <AppLayout page={page} title={question.title}>
      <ConfirmPage {...question} form={form} cancelHref={`/hospitals/${hospital.id}`}>
        <ReasonField page={page} idPrefix="confirm" {...(reason === undefined ? {} : { value: reason })} />
      </ConfirmPage>
    </AppLayout>
  );
}
