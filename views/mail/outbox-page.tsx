import type { OutboxMail } from "../../server/mail/outbox-rows.ts";
import { formatNumber } from "../format.ts";
import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { Button } from "../ui/button.tsx";
import { Chip } from "../ui/chip.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { CsrfField } from "../ui/form.tsx";
import { ListRegion } from "../ui/list.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { RoomTabs } from "../ui/room-tabs.tsx";
import { Instant } from "../ui/time.tsx";

/** Mail of the last month: what waits or was given up first, never what it says. */
export function OutboxPage({ page, mails }: { page: Page; mails: readonly OutboxMail[] }): JSX.Element {
  const t = page.t.keys.outbox;
  const template = (mail: OutboxMail) => (mail.template === null ? t.unknown : t.templates[mail.template]);
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead} />
      <RoomTabs page={page} />
      <ListRegion>
        {mails.length === 0 ? (
          <EmptyState icon="mail" title={t.none} hint={t.noneHint} />
        ) : (
          <DataTable
            page={page}
            caption={t.title}
            rows={mails}
            columns={[
              { key: "mail", header: t.mail, card: "title", text: template },
              { key: "to", header: t.to, text: (mail) => mail.to ?? "" },
              {
                key: "state",
                header: t.state,
                card: "status",
                cell: (mail) => <MailState page={page} mail={mail} />,
              },
              { key: "at", header: t.at, cell: (mail) => <Instant page={page} at={mail.createdAt} /> },
              {
                key: "tries",
                header: t.tries,
                figures: true,
                text: (mail) => formatNumber(page, mail.attempts),
              },
              { key: "error", header: t.error, text: (mail) => mail.lastError ?? "" },
              {
                key: "retry",
                header: page.t.table.actions,
                headerHidden: true,
                cell: (mail) => (mail.status === "waiting" ? <RetryForm page={page} mail={mail} /> : ""),
              },
            ]}
          />
        )}
      </ListRegion>
    </AppLayout>
  );
}

const looks = {
  waiting: ["warning", "clock"],
  sent: ["success", "circle-check"],
  failed: ["danger", "circle-x"],
} as const;

function MailState({ page, mail }: { page: Page; mail: OutboxMail }): JSX.Element {
  const [tone, icon] = looks[mail.status];
  return <Chip tone={tone} icon={icon} label={page.t.keys.outbox.states[mail.status]} />;
}

function RetryForm({ page, mail }: { page: Page; mail: OutboxMail }): JSX.Element {
  const t = page.t.keys.outbox;
  return (
    <form method="post" action={`/outbox/${mail.id}/retry`} data-hold>
      <CsrfField page={page} />
      <Button label={mail.attempts === 0 ? t.sendNow : t.retry} size="small" />
    </form>
  );
}
