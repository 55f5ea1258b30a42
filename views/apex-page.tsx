import { PlainLayout } from "./layouts/plain-layout.tsx";
import type { Page } from "./page.ts";
import { Button } from "./ui/button.tsx";
import { FormActions, FormErrors } from "./ui/form.tsx";
import type { FormState } from "./ui/form-state.ts";
import { TextInput } from "./ui/inputs.tsx";

/** The bare domain: find your hospital. */
export function ApexPage(props: { page: Page; form: FormState }): JSX.Element {
  const { page, form } = props;
  const { t } = page;
  return (
    <PlainLayout page={page} title={t.signIn.findTitle}>
      <h1 safe>{t.signIn.findTitle}</h1>
      <FormErrors page={page} form={form} labels={{ hospital: t.signIn.findLabel }} />
      <form method="get" action="/" class="form" novalidate>
        <TextInput
          page={page}
          form={form}
          name="hospital"
          label={t.signIn.findLabel}
          hint={t.signIn.findHint}
          dir="ltr"
          spellcheck={false}
        />
        <FormActions>
          <Button label={t.signIn.findSubmit} look="primary" />
        </FormActions>
      </form>
    </PlainLayout>
  );
}
