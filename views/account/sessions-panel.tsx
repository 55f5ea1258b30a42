import type { SessionRow } from "../../server/auth/account-sessions.ts";
import type { Page } from "../page.ts";
import { Code } from "../ui/bdi.tsx";
import { Button } from "../ui/button.tsx";
import { Chip } from "../ui/chip.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { CsrfField } from "../ui/form.tsx";
import { Panel } from "../ui/panel.tsx";
import { Ago, Instant } from "../ui/time.tsx";

export interface SessionsPanelProps {
  readonly page: Page;
  /** Said of somebody else's; one's own by default. */
  readonly title?: string;
  readonly sessions: readonly SessionRow[];
  /** Where a session is ended: `<base>/<id>/end`, and all (or all others) at `endAll`. */
  readonly base: string;
  readonly endAll: { readonly action: string; readonly label: string } | null;
  /** Whether the person who looks may end them. */
  readonly mayEnd: boolean;
}

/** Where somebody is signed in, each with a way to end it. */
export function SessionsPanel(props: SessionsPanelProps): JSX.Element {
  const { page, sessions, endAll, mayEnd } = props;
  const { account, staff } = page.t;
  return (
    <Panel
      title={props.title ?? staff.profile.sessions}
      flush
      actions={
        endAll !== null && mayEnd ? (
          <form method="post" action={endAll.action} data-hold>
            <CsrfField page={page} />
            <Button label={endAll.label} size="small" icon="log-out" />
          </form>
        ) : (
          ""
        )
      }
    >
      {sessions.length === 0 ? (
        <EmptyState icon="monitor" title={account.noSessions} hint={account.noSessionsHint} />
      ) : (
        <SessionsTable {...props} />
      )}
    </Panel>
  );
}

function SessionsTable({ page, title, sessions, base, mayEnd }: SessionsPanelProps): JSX.Element {
  const { t } = page;
  const { profile } = t.staff;
  return (
    <DataTable
      page={page}
      caption={title ?? profile.sessions}
      rows={sessions}
      columns={[
        {
          key: "device",
          header: profile.device,
          card: "title",
          text: (session) =>
            session.device ?? (session.kind === "token" ? profile.program : profile.unknownDevice),
        },
        {
          key: "address",
          header: profile.address,
          cell: (session) => <Code text={session.address ?? ""} />,
        },
        {
          key: "lastUsed",
          header: profile.lastUsed,
          cell: (session) => <Ago page={page} at={session.lastSeenAt} />,
        },
        {
          key: "since",
          header: profile.signedInAt,
          cell: (session) => <Instant page={page} at={session.createdAt} />,
        },
        {
          key: "end",
          header: t.table.actions,
          headerHidden: true,
          cell: (session) =>
            session.here ? (
              <Chip tone="success" label={profile.here} />
            ) : mayEnd ? (
              <form method="post" action={`${base}/${session.id}/end`} data-hold>
                <CsrfField page={page} />
                <Button label={profile.endSession} size="small" />
              </form>
            ) : (
              ""
            ),
        },
      ]}
    />
  );
}
