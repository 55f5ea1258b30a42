import type { OperatorSummary } from "../../../server/owner/operators/operators.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { CheckboxGroup, RadioGroup } from "../../ui/choices.tsx";
import { ConfirmDialog, ConfirmPage } from "../../ui/confirm.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { CsrfField, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { ListRegion } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { RoomTabs } from "../../ui/room-tabs.tsx";
import { Ago } from "../../ui/time.tsx";

const looks = {
  active: ["success", "circle-check"],
  suspended: ["warning", "pause"],
  invited: ["info", "mail"],
} as const;

function OperatorStatus({ page, status }: { page: Page; status: OperatorSummary["status"] }): JSX.Element {
  const [tone, icon] = looks[status];
  return <Chip tone={tone} icon={icon} label={page.t.people.operators.states[status]} />;
}

/** The people of the owner portal. */
export function OperatorsPage(props: { page: Page; operators: readonly OperatorSummary[] }): JSX.Element {
  const { page } = props;
  const { operators: t } = page.t.people;
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead}>
        <LinkButton href="/operators/new" label={t.add} look="primary" icon="user-plus" />
      </PageHeader>
      <RoomTabs page={page} />
      <ListRegion>
        <DataTable
          page={page}
          caption={t.title}
          rows={props.operators}
          href={(person) => `/operators/${person.id}`}
          faint={(person) => person.status !== "active"}
          columns={[
            { key: "name", header: t.name, card: "title", text: (person) => person.name },
            { key: "email", header: t.email, text: (person) => person.email },
            { key: "role", header: t.role, text: (person) => t.roles[person.role] },
            {
              key: "sees",
              header: t.sees,
              text: (person) =>
                person.role === "group-admin" ? t.seesSome(person.tenantIds.length) : t.seesAll,
            },
            {
              key: "last",
              header: t.lastSignIn,
              minor: true,
              cell: (person) => <Ago page={page} at={person.lastSignInAt} />,
            },
            {
              key: "status",
              header: t.status,
              card: "status",
              cell: (person) => <OperatorStatus page={page} status={person.status} />,
            },
          ]}
        />
      </ListRegion>
    </AppLayout>
  );
}

interface FormPart {
  readonly page: Page;
  readonly form: FormState;
  readonly whole?: string;
}

const crumbsOf = (page: Page) => [{ label: page.t.people.operators.title, href: "/operators" }];

function labelsOf({ t: { people } }: Page) {
  const { operators: t, invite } = people;
  return { name: t.name, email: t.email, role: t.role, way: invite.way };
}

function Who({ page, form }: FormPart): JSX.Element {
  const { operators: t } = page.t.people;
  const it = { page, form };
  return (
    <>
      <TextInput {...it} name="name" label={t.name} maxlength={120} />
      <TextInput {...it} name="email" label={t.email} type="email" maxlength={254} />
      <RadioGroup
        {...it}
        name="role"
        label={t.role}
        options={(["super-admin", "admin", "group-admin"] as const).map((role) => ({
          value: role,
          label: t.roles[role],
          hint: t.roleHints[role],
        }))}
      />
    </>
  );
}

/** Inviting somebody to the owner portal, or adding them with a password. */
export function AddOperatorPage(props: FormPart): JSX.Element {
  const { page, form } = props;
  const { operators: t, invite } = page.t.people;
  return (
    <AppLayout page={page} title={t.addTitle}>
      <PageHeader title={t.addTitle} crumbs={crumbsOf(page)} />
      <FormErrors {...props} labels={labelsOf(page)} />
      <Form page={page} action="/operators">
        <Who page={page} form={form} />
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

export const operatorActs = ["suspension", "password-reset", "withdrawal"] as const;
export type OperatorAct = (typeof operatorActs)[number];

/** One operator: who they are, what they see, whether they may come in. */
export function OperatorPage(
  props: FormPart & {
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
        <Who page={page} form={form} />
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

function questionOf(page: Page, operator: OperatorSummary, act: OperatorAct) {
  const { operators: t, invite } = page.t.people;
  const words = {
    suspension: [t.suspendTitle(operator.name), t.suspendText, t.suspend],
    "password-reset": [t.resetTitle(operator.name), t.resetText, t.resetPassword],
    withdrawal: [invite.withdrawTitle(operator.name), invite.withdrawText, invite.withdraw],
  } as const;
  const [title, text, confirmLabel] = words[act];
  return { page, title, text, confirmLabel, action: `/operators/${operator.id}/${act}` };
}

/** The question before an act, where no script runs. */
export function OperatorActPage(props: {
  page: Page;
  operator: OperatorSummary;
  act: OperatorAct;
}): JSX.Element {
  const question = questionOf(props.page, props.operator, props.act);
  return (
    <AppLayout page={props.page} title={question.title}>
      <ConfirmPage {...question} cancelHref={`/operators/${props.operator.id}`} />
    </AppLayout>
  );
}
