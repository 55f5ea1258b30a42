import type { SignInRule } from "../../../server/owner/operators/sign-in-rules.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Button } from "../../ui/button.tsx";
import { CheckboxGroup } from "../../ui/choices.tsx";
import { Form, FormActions } from "../../ui/form.tsx";
import { emptyForm } from "../../ui/form-state.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { RoomTabs } from "../../ui/room-tabs.tsx";

/** Which roles of the owner portal need a second factor. */
export function SignInRulesPage({ page, rules }: { page: Page; rules: readonly SignInRule[] }): JSX.Element {
  const { account, actions } = page.t;
  return (
    <AppLayout page={page} title={account.rulesTitle}>
      <PageHeader title={account.rulesTitle} lead={account.rulesLead} />
      <RoomTabs page={page} />
      <Panel title={account.factor}>
        <Form page={page} action="/sign-in-rules">
          <CheckboxGroup
            page={page}
            form={emptyForm}
            name="secondFactor"
            label={account.roleNeedsFactor}
            chosen={rules.filter((rule) => rule.requiresSecondFactor).map((rule) => rule.role)}
            options={rules.map(({ role }) => ({ value: role, label: page.t.people.operators.roles[role] }))}
          />
          <FormActions>
            <Button label={actions.saveChanges} look="primary" />
          </FormActions>
        </Form>
      </Panel>
    </AppLayout>
  );
}
