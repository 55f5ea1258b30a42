import type { HealthState } from "../../../server/owner/health/health.ts";
import type { HealthList, HealthRow } from "../../../server/owner/health/health-list.ts";
import { formatDuration, formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { Paging } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { Ago } from "../../ui/time.tsx";
import { DatabaseHealth } from "../hospitals/hospital-words.tsx";
import { behindWords, HealthChip, waitingWords } from "./health-words.tsx";

export interface HealthPageProps {
  readonly page: Page;
  readonly list: HealthList;
  readonly state: HealthState | null;
  readonly cursor: string | null;
  /** Null: alerts can't be mailed to whoever asks. */
  readonly mailed: boolean | null;
  readonly mayCheck: boolean;
}

/** Both databases of every hospital, as they were at the last look, kept current while the page is open. */
export function HealthPage(props: HealthPageProps): JSX.Element {
  const { page, state, cursor, mailed } = props;
  const { health: t, nav } = page.t;
  const asked = new URLSearchParams({
    ...(state ? { state } : {}),
    ...(cursor ? { cursor } : {}),
  }).toString();
  return (
    <AppLayout page={page} title={nav.health}>
      <PageHeader title={nav.health} lead={t.lead}>
        <LinkButton href="/health/limits" label={t.limits} icon="settings" />
        {mailed === null ? (
          ""
        ) : (
          <form method="post" action="/health/mails" data-hold>
            <CsrfField page={page} />
            <input type="hidden" name="wanted" value={mailed ? "no" : "yes"} />
            <Button label={mailed ? t.mailOff : t.mailOn} icon="mail" />
          </form>
        )}
        {props.mayCheck ? (
          <form method="post" action="/health/checks" data-hold>
            <CsrfField page={page} />
            <Button label={t.checkNow} look="primary" icon="activity" />
          </form>
        ) : (
          ""
        )}
      </PageHeader>
      <div
        id="health"
        hx-sse_connect={`/health/events${asked === "" ? "" : `?${asked}`}`}
        hx-sse_close="close"
        hx-swap="innerHTML"
      >
        <HealthNow {...props} />
      </div>
    </AppLayout>
  );
}

const states = ["down", "no-report", "degraded", "healthy"] as const;

/** What changes while one looks: the counts and the hospitals. */
export function HealthNow({ page, list, state }: HealthPageProps): JSX.Element {
  const { health: t } = page.t;
  const all = states.reduce((sum, one) => sum + list.counts[one], 0);
  const { nextCursor } = list;
  const next = new URLSearchParams({
    ...(state ? { state } : {}),
    ...(nextCursor ? { cursor: nextCursor } : {}),
  });
  if (all === 0)
    return <EmptyState icon="building-2" title={page.t.empty.hospitals} hint={page.t.empty.hospitalsHint} />;
  return (
    <>
      <Tabs
        page={page}
        label={t.state}
        tabs={[
          { href: "/health", label: t.all, current: state === null, count: all },
          ...states.map((one) => ({
            ...{ href: `/health?state=${one}`, label: t.states[one], current: state === one },
            count: list.counts[one],
          })),
        ]}
      />
      {list.items.length === 0 ? (
        <EmptyState icon="circle-check" title={t.none} hint={t.noneHint} />
      ) : (
        <>
          <DataTable
            page={page}
            caption={page.t.nav.health}
            rows={list.items}
            href={(row) => `/hospitals/${row.tenantId}/health`}
            columns={columnsOf(page)}
          />
          <Paging
            page={page}
            shown={list.items.length}
            total={list.total}
            firstHref={null}
            nextHref={nextCursor === null ? null : `/health?${next.toString()}`}
          />
        </>
      )}
    </>
  );
}

function columnsOf(page: Page): readonly Column<HealthRow>[] {
  const { hospitals: t, databases } = page.t.owner;
  const { health } = page.t;
  return [
    { key: "name", header: t.name, card: "title", text: (row) => row.companyName },
    {
      key: "state",
      header: health.state,
      card: "status",
      cell: (row) => <HealthChip page={page} state={row.state} />,
    },
    {
      key: "alerts",
      header: health.open,
      text: (row) => row.alerts.map(({ code }) => health.alerts[code]).join(" · ") || "–",
    },
    {
      key: "database",
      header: t.database,
      minor: true,
      cell: (row) => <DatabaseHealth page={page} check={row.primary} />,
    },
    {
      key: "copy",
      header: t.copy,
      minor: true,
      cell: (row) =>
        row.copyDatabase === null && !row.onSite ? (
          <span class="faint" safe>
            {t.none}
          </span>
        ) : (
          <DatabaseHealth page={page} check={row.copy} />
        ),
    },
    {
      key: "latency",
      header: databases.latency,
      figures: true,
      minor: true,
      text: (row) =>
        typeof row.primary?.latencyMs === "number" ? formatDuration(page, row.primary.latencyMs) : "–",
    },
    { key: "lag", header: t.lag, figures: true, text: (row) => behindWords(page, row) },
    {
      key: "rows",
      header: health.rowsBehind,
      figures: true,
      minor: true,
      text: (row) => waitingWords(page, row),
    },
    {
      key: "connections",
      header: databases.connections,
      figures: true,
      minor: true,
      card: "hidden",
      text: (row) =>
        typeof row.primary?.connections === "number" ? formatNumber(page, row.primary.connections) : "–",
    },
    {
      key: "asked",
      header: databases.checked,
      cell: (row) => <Ago page={page} at={row.checkedAt} never={databases.never} />,
    },
  ];
}
