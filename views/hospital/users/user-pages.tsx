import type { InvitationState } from "../../../server/hospital/users/invitations.ts";
import type { User } from "../../../server/hospital/users/users-list.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Code } from "../../ui/bdi.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { ConfirmDialog, ConfirmPage } from "../../ui/confirm.tsx";
import { CsrfField, FormErrors } from "../../ui/form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { InvitationPanel } from "./invitation-panel.tsx";
import { UserForm, type UserFormProps, userLabels } from "./user-form.tsx";
import { UserStatusChip } from "./user-status.tsx";

const crumbsOf = (page: Page) => [{ label: page.t.staff.users, href: "/users" }];

type FormPart = Pick<UserFormProps, "page" | "form" | "roles" | "departments" | "otherDepartments"> & {
  readonly whole?: string;
};

const wholeOf = (props: FormPart) => (props.whole === undefined ? {} : { whole: props.whole });

/** Adding somebody to the staff. */
export function AddUserPage(props: FormPart & { idempotencyKey: string }): JSX.Element {
  const { page } = props;
  const title = page.t.staff.addUserTitle;
  return (
    <AppLayout page={page} title={title}>
      <PageHeader title={title} crumbs={crumbsOf(page)} />
      <FormErrors page={page} form={props.form} labels={userLabels(page)} {...wholeOf(props)} />
      <UserForm {...props} action="/users" adding />
    </AppLayout>
  );
}

/** What may be done to an account beside changing it; each is a question with a page of its own. */
export const userActs = ["suspension", "deactivation", "password-reset", "withdrawal"] as const;
export type UserAct = (typeof userActs)[number];

/** One of the staff: who they are, and whether they may come in. */
export function EditUserPage(
  props: FormPart & {
    user: User;
    invitation: InvitationState | null;
    may: { update: boolean; suspend: boolean; invite: boolean };
  },
): JSX.Element {
  const { page, user, may } = props;
  const { staff } = page.t;
  return (
    <AppLayout page={page} title={user.name}>
      <PageHeader
        title={user.name}
        crumbs={crumbsOf(page)}
        status={<UserStatusChip page={page} status={user.status} />}
      >
        <LinkButton href={`/users/${user.id}/sessions`} label={page.t.account.sessions} icon="monitor" />
      </PageHeader>
      {user.mustChangePassword ? <Banner tone="info" title={staff.mustChange} /> : ""}
      <FormErrors page={page} form={props.form} labels={userLabels(page)} {...wholeOf(props)} />
      {may.update ? (
        <UserForm {...props} action={`/users/${user.id}`} version={user.version} adding={false} />
      ) : (
        ""
      )}
      {user.status === "invited" && props.invitation !== null ? (
        <InvitationPanel page={page} user={user} invitation={props.invitation}>
          {may.invite ? <ActLink page={page} user={user} act="withdrawal" /> : ""}
        </InvitationPanel>
      ) : (
        <SigningIn page={page} user={user} may={may} />
      )}
      {userActs.map((act) => (
        <ConfirmDialog id={act} {...questionOf(page, user, act)} />
      ))}
    </AppLayout>
  );
}

function SigningIn(props: {
  page: Page;
  user: User;
  may: { update: boolean; suspend: boolean };
}): JSX.Element {
  const { page, user, may } = props;
  const { staff } = page.t;
  return (
    <Panel title={staff.signingIn}>
      <div class="form-actions">
        {may.update ? <ActLink page={page} user={user} act="password-reset" /> : ""}
        {may.suspend && user.status === "active" ? <ActLink page={page} user={user} act="suspension" /> : ""}
        {may.suspend && user.status !== "deactivated" ? (
          <ActLink page={page} user={user} act="deactivation" />
        ) : (
          ""
        )}
        {may.suspend && user.status !== "active" ? (
          <form method="post" action={`/users/${user.id}/activation`} data-hold>
            <CsrfField page={page} />
            <Button label={staff.activate} icon="user-check" />
          </form>
        ) : (
          ""
        )}
      </div>
    </Panel>
  );
}

const icons = {
  suspension: "pause",
  deactivation: "user-x",
  "password-reset": "key-round",
  withdrawal: "x",
} as const;

function ActLink({ page, user, act }: { page: Page; user: User; act: UserAct }): JSX.Element {
  return (
    <LinkButton
      href={`/users/${user.id}/${act}`}
      opens={act}
      label={questionOf(page, user, act).confirmLabel}
      icon={icons[act]}
      look={act === "password-reset" ? "secondary" : "danger-quiet"}
    />
  );
}

function questionOf(page: Page, user: User, act: UserAct) {
  const { staff, people } = page.t;
  const { invite } = people;
  const words = {
    withdrawal: [invite.withdrawTitle(user.name), invite.withdrawText, invite.withdraw],
    suspension: [staff.suspendTitle(user.name), staff.suspendText, staff.suspend],
    deactivation: [staff.deactivateTitle(user.name), staff.deactivateText, staff.deactivate],
    "password-reset": [staff.resetTitle(user.name), staff.resetText, staff.resetPassword],
  } as const;
  const [title, text, confirmLabel] = words[act];
  return { page, title, text, confirmLabel, action: `/users/${user.id}/${act}` };
}

/** The question before an act on an account, where no script runs. */
export function UserActPage({ page, user, act }: { page: Page; user: User; act: UserAct }): JSX.Element {
  const question = questionOf(page, user, act);
  return (
    <AppLayout page={page} title={question.title}>
      <ConfirmPage {...question} cancelHref={`/users/${user.id}`} />
    </AppLayout>
  );
}

/** A password that was made, shown once. */
export function TemporaryPasswordPage(props: { page: Page; user: User; password: string }): JSX.Element {
  const { page, user } = props;
  const { staff, actions } = page.t;
  return (
    <AppLayout page={page} title={staff.passwordTitle}>
      <PageHeader title={staff.passwordTitle} crumbs={crumbsOf(page)} lead={staff.passwordText(user.name)} />
      <Panel title={user.email}>
        <p class="secret-once">
          <Code text={props.password} />
        </p>
        <LinkButton href={`/users/${user.id}`} label={actions.continue} look="primary" />
      </Panel>
    </AppLayout>
  );
}
