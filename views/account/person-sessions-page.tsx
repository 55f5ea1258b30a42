import type { SessionRow } from "../../server/auth/account-sessions.ts";
import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { LinkButton } from "../ui/button.tsx";
import { ConfirmPage } from "../ui/confirm.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { SessionsPanel } from "./sessions-panel.tsx";

interface PersonSessionsProps {
  readonly page: Page;
  readonly name: string;
  /** The person's page: `/users/<id>`. */
  readonly href: string;
  /** The list that the person stands in. */
  readonly list: { readonly label: string; readonly href: string };
  readonly sessions: readonly SessionRow[];
  readonly mayEnd: boolean;
  readonly mayReset: boolean;
}

/** Where somebody else is signed in, for whoever administers them. */
export function PersonSessionsPage(props: PersonSessionsProps): JSX.Element {
  const { page, name, href, list, sessions } = props;
  const { account } = page.t;
  return (
    <AppLayout page={page} title={account.sessionsOf(name)}>
      <PageHeader title={account.sessionsOf(name)} crumbs={[list, { label: name, href }]}>
        {props.mayReset ? (
          <LinkButton
            href={`${href}/second-factor-reset`}
            label={account.resetFactor}
            icon="key-round"
            look="danger-quiet"
          />
        ) : (
          ""
        )}
      </PageHeader>
      <SessionsPanel
        page={page}
        title={account.sessions}
        sessions={sessions}
        base={`${href}/sessions`}
        endAll={
          sessions.some((session) => !session.here)
            ? { action: `${href}/sessions/end`, label: account.endAll }
            : null
        }
        mayEnd={props.mayEnd}
      />
    </AppLayout>
  );
}

/** Taking somebody's second factor away, asked once more. */
export function FactorResetPage({
  page,
  name,
  href,
}: {
  page: Page;
  name: string;
  href: string;
}): JSX.Element {
  const { account } = page.t;
  return (
    <AppLayout page={page} title={account.resetFactor}>
      <ConfirmPage
        page={page}
        title={account.resetFactorTitle(name)}
        text={account.resetFactorText}
        action={`${href}/second-factor-reset`}
        confirmLabel={account.resetFactor}
        cancelHref={`${href}/sessions`}
      />
    </AppLayout>
  );
}
