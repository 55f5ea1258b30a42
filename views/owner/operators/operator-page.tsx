import type { OperatorSummary } from "../../../server/owner/operators/operators.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { CheckboxGroup } from "../../ui/choices.tsx";
import { ConfirmDialog } from "../../ui/confirm.tsx";
import { CsrfField, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { type OperatorAct, questionOf } from "./operator-acts.tsx";
import { crumbsOf, labelsOf, OperatorFields, type OperatorFormProps } from "./operator-form.tsx";
import { OperatorStatus } from "./operator-status.tsx";

/** One operator: who they are, what they see, whether they may come in. */
export function OperatorPage(
  props: OperatorFormProps & {
    operator: OperatorSummary;
    hospitals: readonly { readonly id: string; readonly name: string }[];
  },
): JSX.Element {
  const { page, form, operator } = props;
  const { operators: t, invite } = page.t.people;
  const at = `/operators/${operator.id}`;
  const waits = operator.status === "invited";
  const acts: readonly OperatorAct[] = waits
    ? ["withdrawal"]
    : operator.status === "active"
      ? ["password-reset", "suspension"]
      : ["password-reset"];
  return (
    <AppLayout page={page} title={operator.name}>
      <PageHeader
        title={operator.name}
        crumbs={crumbsOf(page)}
        status={<OperatorStatus page={page} status={operator.status} />}
      >
        <LinkButton
          href={`/operators/${operator.id}/sessions`}
          label={page.t.account.sessions}
          icon="monitor"
        />
      </PageHeader>
      <FormErrors {...props} labels={labelsOf(page)} />
      <Form page={page} action={at} version={operator.version}>
        <OperatorFields page={page} form={form} />
        <FormActions>
          <Button label={page.t.actions.saveChanges} look="primary" />
        </FormActions>
      </Form>
      {operator.role === "group-admin" ? <Hospitals {...props} /> : ""}
      <Panel title={waits ? invite.title : t.signingIn}>
        {waits ? <Banner tone="info" title={invite.waiting} /> : ""}
        <div class="form-actions">
          {waits ? <Post page={page} action={`${at}/invitation`} label={invite.resend} /> : ""}
          {operator.status === "suspended" ? (
            <Post page={page} action={`${at}/activation`} label={t.activate} />
          ) : (
            ""
          )}
          {acts.map((act) => (
            <LinkButton
              href={`${at}/${act}`}
              opens={act}
              label={questionOf(page, operator, act).confirmLabel}
              look={act === "password-reset" ? "secondary" : "danger-quiet"}
            />
          ))}
        </div>
      </Panel>
      {acts.map((act) => (
        <ConfirmDialog id={act} {...questionOf(page, operator, act)} />
      ))}
    </AppLayout>
  );
}

function Post(props: { page: Page; action: string; label: string }): JSX.Element {
  return (
    <form method="post" action={props.action} data-hold>
      <CsrfField page={props.page} />
      <Button label={props.label} />
    </form>
  );
}

function Hospitals(props: {
  page: Page;
  operator: OperatorSummary;
  hospitals: readonly { readonly id: string; readonly name: string }[];
}): JSX.Element {
  const { page, operator, hospitals } = props;
  const { operators: t } = page.t.people;
  return (
    <Form page={page} action={`/operators/${operator.id}/hospitals`}>
      <CheckboxGroup
        page={page}
        form={{ values: {}, errors: [], idPrefix: "h" }}
        name="tenantIds"
        label={t.hospitals}
        hint={hospitals.length === 0 ? t.hospitalsNone : t.hospitalsHint}
        chosen={operator.tenantIds}
        options={hospitals.map(({ id, name }) => ({ value: id, label: name }))}
        optional
      />
      <FormActions>
        <Button label={t.save} />
      </FormActions>
    </Form>
  );
}
