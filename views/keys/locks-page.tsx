import type { SignInLock } from "../../server/auth/locks/lock-rows.ts";
import { formatNumber } from "../format.ts";
import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { Button } from "../ui/button.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { CsrfField } from "../ui/form.tsx";
import { ListRegion } from "../ui/list.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { RoomTabs } from "../ui/room-tabs.tsx";
import { TimeLeft } from "../ui/time.tsx";

/** Sign-ins that are refused for a while after wrong passwords. */
export function LocksPage({ page, locks }: { page: Page; locks: readonly SignInLock[] }): JSX.Element {
  const t = page.t.keys.locks;
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead} />
      <RoomTabs page={page} />
      <ListRegion>
        {locks.length === 0 ? (
          <EmptyState icon="shield-check" title={t.none} hint={t.noneHint} />
        ) : (
          <DataTable
            page={page}
            caption={t.title}
            rows={locks}
            columns={[
              {
                key: "account",
                header: t.account,
                card: "title",
                text: (lock) => lock.email ?? t.everyAccount,
              },
              { key: "what", header: t.what, text: (lock) => t.kinds[lock.kind] },
              { key: "address", header: t.address, text: (lock) => lock.address ?? "" },
              {
                key: "tries",
                header: t.tries,
                figures: true,
                text: (lock) => formatNumber(page, lock.failures),
              },
              { key: "until", header: t.left, cell: (lock) => <TimeLeft page={page} until={lock.until} /> },
              {
                key: "open",
                header: page.t.table.actions,
                headerHidden: true,
                cell: (lock) => <OpenForm page={page} lock={lock} />,
              },
            ]}
          />
        )}
      </ListRegion>
    </AppLayout>
  );
}

function OpenForm({ page, lock }: { page: Page; lock: SignInLock }): JSX.Element {
  const [name, value] = lock.email === null ? ["address", lock.address ?? ""] : ["email", lock.email];
  return (
    <form method="post" action="/locks/open" data-hold>
      <CsrfField page={page} />
      <input type="hidden" name={name} value={value} />
      <Button label={page.t.keys.locks.open} size="small" />
    </form>
  );
}
