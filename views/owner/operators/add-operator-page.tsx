import { AppLayout } from "../../layouts/app-layout.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { RadioGroup } from "../../ui/choices.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { crumbsOf, labelsOf, OperatorFields, type OperatorFormProps } from "./operator-form.tsx";

/** Inviting somebody to the owner portal, or adding them with a password. */
export function AddOperatorPage(props: OperatorFormProps): JSX.Element {
  const { page, form } = props;
  const { operators: t, invite } = page.t.people;
  return (
    <AppLayout page={page} title={t.addTitle}>
      <PageHeader title={t.addTitle} crumbs={crumbsOf(page)} />
      <FormErrors {...props} labels={labelsOf(page)} />
      <Form page={page} action="/operators">
        <OperatorFields page={page} form={form} />
        <RadioGroup
          page={page}
          form={{ ...form, values: { ...form.values, way: form.values["way"] ?? "mail" } }}
          name="way"
          label={invite.way}
          options={[
            { value: "mail", label: invite.byMail, hint: invite.byMailHint },
            { value: "password", label: invite.byPassword, hint: invite.byPasswordHint },
          ]}
        />
        <FormActions>
          <Button label={t.add} look="primary" />
          <LinkButton href="/operators" label={page.t.actions.cancel} />
        </FormActions>
      </Form>
    </AppLayout>
  );
}
