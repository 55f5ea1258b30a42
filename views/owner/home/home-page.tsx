import type { Need } from "../../../server/bridge/needs.ts";
import type { OwnerOverview } from "../../../server/bridge/overview.ts";
import { formatNumber, formatPercent } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page, Tone } from "../../page.ts";
import { LinkButton } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Stat, Stats } from "../../ui/stat.tsx";
import { Ago } from "../../ui/time.tsx";

interface HomeProps {
  readonly page: Page;
  readonly overview: OwnerOverview;
  readonly mayCreate: boolean;
}

/** The owner's home: what needs somebody now, above all else. */
export function OwnerHomePage(props: HomeProps): JSX.Element {
  const { page, overview } = props;
  const { home: t, hospitals } = page.t.owner;
  const { counts } = overview;
  const all = Object.entries(counts).reduce((sum, [status, n]) => (status === "deleted" ? sum : sum + n), 0);
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title}>
        {props.mayCreate ? (
          <LinkButton href="/hospitals/new" label={hospitals.create} look="primary" icon="plus" />
        ) : (
          ""
        )}
      </PageHeader>
      <Stats>
        <Stat
          label={t.hospitals}
          value={formatNumber(page, all)}
          note={t.activeNote(counts.active ?? 0)}
          icon="building-2"
          href="/hospitals"
        />
        <Stat
          label={t.patients}
          value={formatNumber(page, overview.patients)}
          note={t.countsNote}
          icon="users"
        />
        <Stat
          label={t.users}
          value={formatNumber(page, overview.users)}
          note={t.countsNote}
          icon="user-check"
        />
      </Stats>
      {all === 0 ? (
        <EmptyState icon="building-2" title={page.t.empty.hospitals} hint={page.t.empty.hospitalsHint} />
      ) : overview.needs.length === 0 ? (
        <EmptyState icon="circle-check" title={t.allWell} hint={t.allWellHint} />
      ) : (
        <Needs {...props} />
      )}
    </AppLayout>
  );
}

const tones: Readonly<Record<Need["kind"], Tone>> = {
  "set-up": "danger",
  unwell: "danger",
  silent: "warning",
  restricted: "danger",
  "past-due": "warning",
  limit: "warning",
  "trial-ending": "warning",
  "deletion-due": "neutral",
  "setting-up": "info",
};

function Needs({ page, overview }: HomeProps): JSX.Element {
  const { home: t } = page.t.owner;
  return (
    <DataTable
      page={page}
      caption={t.title}
      rows={overview.needs}
      href={(need) =>
        need.kind === "set-up" || need.kind === "setting-up"
          ? `/hospitals/${need.tenantId}/set-up`
          : `/hospitals/${need.tenantId}`
      }
      columns={[
        { key: "hospital", header: t.hospital, card: "title", text: (need) => need.hospital },
        {
          key: "what",
          header: t.what,
          card: "status",
          cell: (need) => <Chip tone={tones[need.kind]} label={wordsOf(page, need)} />,
        },
        { key: "since", header: t.since, cell: (need) => <Ago page={page} at={need.at} /> },
      ]}
    />
  );
}

function wordsOf(page: Page, need: Need): string {
  const { home: t, usage } = page.t.owner;
  switch (need.kind) {
    case "set-up":
      return t.setUp;
    case "setting-up":
      return t.settingUp;
    case "unwell":
      return need.alert === null ? t.unwell : page.t.health.alerts[need.alert];
    case "silent":
      return t.silent;
    case "restricted":
      return t.restricted;
    case "past-due":
      return t.pastDue;
    case "trial-ending":
      return t.trialEnding;
    case "deletion-due":
      return t.deletionDue;
    case "limit":
      return need.limit === null
        ? t.what
        : t.limit(usage[need.limit.resource], formatPercent(page, need.limit.used / need.limit.allowed));
  }
}
