import type { GlassReason } from "../../../server/hospital/privacy/privacy.input.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Select } from "../../ui/choices.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { Textarea } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

const reasons: readonly GlassReason[] = [
  "emergency",
  "direct-care",
  "cover",
  "patient-asked",
  "legal-duty",
  "other",
];

/** Asks why somebody needs a restricted record; tells nothing of it but its number. */
export function BreakGlassPage(props: {
  page: Page;
  form: FormState;
  whole?: string;
  patientId: string;
  mrn: string;
}): JSX.Element {
  const { page, form } = props;
  const { glass: t } = page.t.privacy;
  const it = { page, form };
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader
        title={t.title}
        crumbs={[{ label: page.t.patients.title, href: "/patients" }]}
        lead={t.text(props.mrn)}
      />
      <Banner tone="warning" icon="lock" title={t.watched} />
      <FormErrors
        page={page}
        form={form}
        labels={{ reason: t.reason, explanation: t.explanation }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action={`/patients/${props.patientId}/emergency-access`}>
        <input type="hidden" name="returnTo" value={form.values["returnTo"] ?? ""} />
        <Select
          {...it}
          name="reason"
          label={t.reason}
          width="medium"
          options={reasons.map((value) => ({ value, label: t.reasons[value] }))}
        />
        <Textarea
          {...it}
          name="explanation"
          label={t.explanation}
          hint={t.explanationHint}
          maxlength={1000}
        />
        <FormActions>
          <Button label={t.open} look="danger" icon="eye" />
          <LinkButton href="/patients" label={page.t.actions.cancel} />
        </FormActions>
      </Form>
    </AppLayout>
  );
}
