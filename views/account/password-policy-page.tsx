import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { Button } from "../ui/button.tsx";
import { Checkbox } from "../ui/choices.tsx";
import { FieldRow, Form, FormActions, FormErrors } from "../ui/form.tsx";
import type { FormState } from "../ui/form-state.ts";
import { NumberInput } from "../ui/inputs.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { RoomTabs } from "../ui/room-tabs.tsx";

/** What a password has to be, at a hospital or for operators. */
export function PasswordPolicyPage(props: {
  page: Page;
  form: FormState;
  whole?: string;
  action: string;
  version: number;
  mayEdit: boolean;
}): JSX.Element {
  const { page, form, mayEdit } = props;
  const { policy } = page.t.credentials;
  const it = { page, form, disabled: !mayEdit };
  return (
    <AppLayout page={page} title={policy.title}>
      <PageHeader title={policy.title} lead={policy.lead} />
      <RoomTabs page={page} />
      <FormErrors
        page={page}
        form={form}
        labels={policy}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action={props.action} version={props.version}>
        <FieldRow>
          <NumberInput
            {...it}
            name="minimumLength"
            label={policy.minimumLength}
            hint={policy.minimumLengthHint}
            suffix={policy.characters}
          />
          <NumberInput {...it} name="remembered" label={policy.remembered} hint={policy.rememberedHint} />
        </FieldRow>
        <NumberInput
          {...it}
          name="maximumAgeDays"
          label={policy.maximumAgeDays}
          hint={policy.maximumAgeHint}
          suffix={policy.days}
          optional
        />
        <Checkbox {...it} name="refuseCommon" label={policy.refuseCommon} hint={policy.refuseCommonHint} />
        {mayEdit ? (
          <FormActions>
            <Button label={page.t.actions.saveChanges} look="primary" />
          </FormActions>
        ) : (
          ""
        )}
      </Form>
    </AppLayout>
  );
}
