import type { HealthAlert, HealthCheck } from "../../../server/owner/health/health.ts";
import type { HealthRow } from "../../../server/owner/health/health-list.ts";
import type { HealthPoint, HealthRange } from "../../../server/owner/health/history.ts";
import { formatBytes, formatDuration, formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { Ago } from "../../ui/time.tsx";
import { DatabaseHealth } from "../hospitals/hospital-words.tsx";
import { HealthCharts } from "./health-charts.tsx";
import { behindWords, HealthChip, waitingWords } from "./health-words.tsx";

export interface HospitalHealthProps {
  readonly page: Page;
  readonly health: HealthRow;
  readonly range: HealthRange;
  readonly points: readonly HealthPoint[];
  /** Newest first; also those that are over. */
  readonly alerts: readonly HealthAlert[];
}

const ranges = ["24h", "7d", "30d"] as const;

/** How both databases of one hospital are and were. */
export function HospitalHealthPage(props: HospitalHealthProps): JSX.Element {
  const { page, health, range } = props;
  const { health: t, nav } = page.t;
  const base = `/hospitals/${health.tenantId}/health`;
  const title = t.title(health.companyName);
  return (
    <AppLayout page={page} title={title}>
      <PageHeader
        title={title}
        crumbs={[
          { label: nav.health, href: "/health" },
          { label: health.companyName, href: `/hospitals/${health.tenantId}` },
        ]}
      >
        <form method="post" action={`${base}/checks`} data-hold>
          <CsrfField page={page} />
          <Button label={t.checkNow} look="primary" icon="activity" />
        </form>
      </PageHeader>
      <div
        id="health"
        class="stack"
        hx-sse_connect={`${base}/events`}
        hx-sse_close="close"
        hx-swap="innerHTML"
      >
        <HospitalHealthNow page={page} health={health} />
      </div>
      <Tabs
        page={page}
        label={t.range}
        tabs={ranges.map((one) => ({
          ...{ href: one === "24h" ? base : `${base}?range=${one}`, label: t.ranges[one] },
          current: one === range,
        }))}
      />
      <HealthCharts page={page} range={range} points={props.points} />
      <Alerts {...props} />
    </AppLayout>
  );
}

/** What changes while one looks: the state, what is wrong, the figures of the last look. */
export function HospitalHealthNow({ page, health }: { page: Page; health: HealthRow }): JSX.Element {
  const { health: t, owner } = page.t;
  const { databases } = owner;
  return (
    <>
      <p>
        <HealthChip page={page} state={health.state} />
        {health.onSite ? <span class="faint" safe>{` ${t.onSite}`}</span> : ""}
      </p>
      {health.state === "no-report" ? (
        <Banner tone="neutral" icon="circle-help" title={t.states["no-report"]} text={t.silent} />
      ) : (
        ""
      )}
      {health.alerts.map(({ code, detail }) => (
        <Banner
          tone={code === "primary-unreachable" ? "danger" : "warning"}
          title={t.alerts[code]}
          {...(code === "sync-parked" ? { text: detail } : {})}
        />
      ))}
      <div class="page-columns">
        <Database page={page} health={health} title={databases.primary} check={health.primary} />
        {health.copyDatabase === null && !health.onSite ? (
          <Panel title={databases.copy}>
            <p class="faint" safe>
              {databases.noCopy}
            </p>
          </Panel>
        ) : (
          <Database page={page} health={health} title={databases.copy} check={health.copy} />
        )}
      </div>
    </>
  );
}

function Database(props: {
  page: Page;
  health: HealthRow;
  title: string;
  check: HealthCheck | null;
}): JSX.Element {
  const { page, check, health } = props;
  const { health: t, owner } = page.t;
  const { databases: d } = owner;
  const text = (term: string, value: string | null | undefined) =>
    value === null || value === undefined ? [] : [{ term, text: value }];
  const figure = (value: number | null | undefined, write: (value: number) => string) =>
    typeof value === "number" ? write(value) : null;
  const copy = check !== null && check.side === "copy";
  const used = figure(check?.connections, (n) =>
    check?.connectionLimit
      ? `${formatNumber(page, n)} / ${formatNumber(page, check.connectionLimit)}`
      : formatNumber(page, n),
  );
  return (
    <Panel title={props.title} actions={<DatabaseHealth page={page} check={check} />}>
      <DescriptionList
        page={page}
        items={[
          { term: d.checked, value: <Ago page={page} at={check?.checkedAt ?? null} never={d.never} /> },
          ...(check?.heardAt ? [{ term: t.heard, value: <Ago page={page} at={check.heardAt} /> }] : []),
          ...text(
            d.latency,
            figure(check?.latencyMs, (ms) => formatDuration(page, ms)),
          ),
          ...text(
            d.size,
            figure(check?.sizeBytes, (bytes) => formatBytes(page, bytes)),
          ),
          ...text(d.version, check?.serverVersion),
          ...text(t.schema, check?.schemaVersion?.replace(/\.sql$/, "")),
          ...text(d.connections, used),
          ...(copy
            ? [
                { term: t.behind, text: behindWords(page, health) },
                { term: d.lag, text: waitingWords(page, health) },
                { term: d.applied, value: <Ago page={page} at={check.lastTickAt} never={d.never} /> },
                {
                  term: d.verified,
                  value: (
                    <Ago
                      page={page}
                      at={check.lastVerifiedAt ?? health.sync?.verifiedAt ?? null}
                      never={d.never}
                    />
                  ),
                },
              ]
            : [{ term: t.backup, text: t.noBackup }]),
        ]}
      />
    </Panel>
  );
}

function Alerts({ page, alerts }: HospitalHealthProps): JSX.Element {
  const { health: t } = page.t;
  return (
    <Panel title={t.past} flush={alerts.length > 0}>
      {alerts.length === 0 ? (
        <p class="faint" safe>
          {t.noAlerts}
        </p>
      ) : (
        <DataTable
          page={page}
          caption={t.past}
          rows={alerts}
          columns={[
            { key: "alert", header: t.alert, card: "title", text: ({ code }) => t.alerts[code] },
            { key: "raised", header: t.raised, cell: ({ raisedAt }) => <Ago page={page} at={raisedAt} /> },
            {
              key: "cleared",
              header: t.cleared,
              cell: ({ clearedAt }) => <Ago page={page} at={clearedAt} never={t.still} />,
            },
          ]}
        />
      )}
    </Panel>
  );
}
