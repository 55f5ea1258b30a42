import type { SessionRow } from "../../../server/auth/account-sessions.ts";
import type { SecondFactorState } from "../../../server/auth/second-factor.ts";
import { FactorPanel } from "../../account/factor-panel.tsx";
import { SessionsPanel } from "../../account/sessions-panel.tsx";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { LinkButton } from "../../ui/button.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

/** An operator's own account: the second factor, and where they are signed in. */
export function OperatorProfilePage(props: {
  page: Page;
  factor: SecondFactorState;
  sessions: readonly SessionRow[];
}): JSX.Element {
  const { page, factor, sessions } = props;
  const { account, staff } = page.t;
  const endAll =
    sessions.length > 1 ? { action: "/profile/sessions/others/end", label: staff.profile.endOthers } : null;
  return (
    <AppLayout page={page} title={account.profileTitle}>
      <PageHeader title={account.profileTitle} {...(page.person === null ? {} : { lead: page.person.email })}>
        <LinkButton href="/profile/email" label={page.t.credentials.emailTitle} icon="mail" />
        <LinkButton href="/profile/password" label={staff.profile.changePassword} icon="key-round" />
      </PageHeader>
      <FactorPanel page={page} state={factor} />
      <SessionsPanel page={page} sessions={sessions} base="/profile/sessions" endAll={endAll} mayEnd />
    </AppLayout>
  );
}
