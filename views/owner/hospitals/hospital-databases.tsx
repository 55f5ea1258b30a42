import type { HealthCheck } from "../../../server/owner/health/health.ts";
import { formatBytes, formatClock, formatDuration, formatNumber } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Sparkline } from "../../ui/chart.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Ago } from "../../ui/time.tsx";
import { DatabaseHealth } from "./hospital-words.tsx";
import { type HospitalRow, lagWords } from "./hospitals-table.tsx";

interface DatabasesProps {
  readonly page: Page;
  readonly hospital: HospitalRow;
  readonly looks: readonly HealthCheck[];
  readonly mayPush: boolean;
}

/** Both databases as they were at the last look, their answer times, and how copying stands. */
export function HospitalDatabases(props: DatabasesProps): JSX.Element {
  const { page, hospital } = props;
  const { databases: t } = page.t.owner;
  const { parkedReason } = hospital.health.sync ?? {};
  return (
    <Panel
      title={t.title}
      actions={
        <>
          <LinkButton
            href={`/hospitals/${hospital.id}/health`}
            label={page.t.health.details}
            size="small"
            icon="activity"
          />
          {props.mayPush && hospital.copyDatabase !== null ? <SyncActs {...props} /> : ""}
        </>
      }
    >
      {parkedReason ? <Banner tone="danger" title={t.parked} text={parkedReason} /> : ""}
      {hospital.health.alerts.map((alert) => (
        <Banner tone="warning" title={page.t.health.alerts[alert.code]} />
      ))}
      <div class="page-columns">
        <Database {...props} side="primary" title={t.primary} check={hospital.health.primary} />
        {hospital.copyDatabase === null ? (
          <p class="faint" safe>
            {t.noCopy}
          </p>
        ) : (
          <Database {...props} side="copy" title={t.copy} check={hospital.health.copy} />
        )}
      </div>
    </Panel>
  );
}

function SyncActs({ page, hospital }: DatabasesProps): JSX.Element {
  const { databases: t } = page.t.owner;
  return (
    <>
      <form method="post" action={`/hospitals/${hospital.id}/verification`} data-hold>
        <CsrfField page={page} />
        <Button label={t.prove} size="small" icon="square-check" />
      </form>
      <form method="post" action={`/hospitals/${hospital.id}/sync`} data-hold>
        <CsrfField page={page} />
        <Button label={t.pushNow} size="small" icon="cloud-upload" />
      </form>
    </>
  );
}

function Database(
  props: DatabasesProps & { side: "primary" | "copy"; title: string; check: HealthCheck | null },
): JSX.Element {
  const { page, side, check, hospital } = props;
  const { databases: t } = page.t.owner;
  const { sync } = hospital.health;
  const looks = props.looks.filter((look) => look.side === side).slice(-40);
  const latencyMs = check?.latencyMs ?? null;
  const sizeBytes = check?.sizeBytes ?? null;
  return (
    <section class="database">
      <h3>
        <span safe>{props.title}</span> <DatabaseHealth page={page} check={check} />
      </h3>
      <DescriptionList
        page={page}
        items={[
          { term: t.checked, value: <Ago page={page} at={check?.checkedAt ?? null} never={t.never} /> },
          ...(latencyMs === null ? [] : [{ term: t.latency, text: formatDuration(page, latencyMs) }]),
          ...(sizeBytes === null ? [] : [{ term: t.size, text: formatBytes(page, sizeBytes) }]),
          ...(check?.serverVersion ? [{ term: t.version, text: check.serverVersion }] : []),
          ...(typeof check?.connections === "number"
            ? [{ term: t.connections, text: formatNumber(page, check.connections) }]
            : []),
          ...(side === "copy"
            ? [
                { term: t.lag, text: lagWords(page, hospital) },
                { term: t.applied, value: <Ago page={page} at={sync?.lastTickAt ?? null} never={t.never} /> },
                {
                  term: t.verified,
                  value: <Ago page={page} at={sync?.verifiedAt ?? null} never={t.never} />,
                },
              ]
            : []),
        ]}
      />
      {looks.length < 2 ? (
        ""
      ) : (
        <Sparkline
          page={page}
          id={`latency-${side}`}
          title={`${props.title}: ${t.history}`}
          description={t.historyText(looks.length)}
          points={looks.map((look) => ({
            label: formatClock(page, look.checkedAt),
            value: look.latencyMs ?? 0,
          }))}
        />
      )}
    </section>
  );
}
