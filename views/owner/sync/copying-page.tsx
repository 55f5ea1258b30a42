import type { Replaced } from "../../../server/bridge/restore-unsent.ts";
import type { Copying } from "../../../server/bridge/restore-watch.ts";
import type { FileCounts } from "../../../server/files/rows.ts";
import type { VerifyReport } from "../../../server/sync/report.ts";
import { formatClock, formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Sparkline } from "../../ui/chart.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Stat, Stats } from "../../ui/stat.tsx";
import { Ago } from "../../ui/time.tsx";
import { behindWords, waitingWords } from "../health/health-words.tsx";
import { ProofTable, ReplacedTable } from "./copying-tables.tsx";

export interface CopyingProps {
  readonly page: Page;
  readonly hospital: { readonly id: string; readonly name: string };
  readonly hasCopy: boolean;
  readonly copying: Copying;
  /** Null where the figure is not to be had here. */
  readonly files: FileCounts | null;
  readonly may: { readonly push: boolean; readonly restore: boolean };
}

/** How a hospital's copying stands, kept current, and what can be done about it. */
export function CopyingPage(
  props: CopyingProps & { replaced: readonly Replaced[]; proof?: VerifyReport },
): JSX.Element {
  const { page, hospital, proof, may } = props;
  const { copying: t, owner } = page.t;
  const title = t.titleOf(hospital.name);
  return (
    <AppLayout page={page} title={title}>
      <PageHeader
        title={title}
        lead={t.lead}
        crumbs={[
          { label: owner.hospitals.title, href: "/hospitals" },
          { label: hospital.name, href: `/hospitals/${hospital.id}` },
        ]}
      >
        {props.hasCopy && may.push ? <Acts {...props} /> : ""}
        {props.hasCopy && may.restore ? (
          <LinkButton
            href={`/hospitals/${hospital.id}/restore?new=1`}
            label={t.restore}
            look="danger-quiet"
            icon="rotate-ccw"
          />
        ) : (
          ""
        )}
      </PageHeader>
      {props.replaced.some(({ unsent }) => unsent !== null) ? (
        <Banner tone="danger" title={t.refused} text={t.refusedText} />
      ) : (
        ""
      )}
      {proof === undefined ? "" : <ProofTable page={page} proof={proof} />}
      {props.hasCopy ? (
        <div
          id="copying"
          hx-sse_connect={`/hospitals/${hospital.id}/copying/events`}
          hx-sse_close="close"
          hx-swap="innerHTML"
        >
          <CopyingNow {...props} />
        </div>
      ) : (
        <EmptyState icon="server" title={t.noCopy} hint={t.noCopyHint} />
      )}
      {props.replaced.length === 0 ? "" : <ReplacedTable page={page} replaced={props.replaced} />}
    </AppLayout>
  );
}

function Acts({ page, hospital }: CopyingProps): JSX.Element {
  const { copying: t, owner } = page.t;
  return (
    <>
      <LinkButton href={`/hospitals/${hospital.id}/reseed`} label={t.reseed} icon="refresh-cw" />
      <form method="post" action={`/hospitals/${hospital.id}/copying/proof`} data-hold>
        <CsrfField page={page} />
        <Button label={t.verify} icon="square-check" />
      </form>
      <form method="post" action={`/hospitals/${hospital.id}/copying/push`} data-hold>
        <CsrfField page={page} />
        <Button label={owner.databases.pushNow} look="primary" icon="cloud-upload" />
      </form>
    </>
  );
}

/** The figures and their history. */
export function CopyingNow({ page, hospital, copying, files }: CopyingProps): JSX.Element {
  const { copying: t } = page.t;
  const { health, history, restore } = copying;
  const sync = health?.sync ?? null;
  const points = history.slice(-120).map(({ checkedAt, lagRows }) => ({
    ...{ label: formatClock(page, checkedAt), value: lagRows ?? 0 },
  }));
  return (
    <div class="stack">
      {restore !== null && restore.run.status !== "done" ? (
        <Banner tone="warning" title={t.running} text={t.runningText}>
          <LinkButton href={`/hospitals/${hospital.id}/restore`} label={t.steps} size="small" />
        </Banner>
      ) : (
        ""
      )}
      {sync?.parkedReason ? <Banner tone="danger" title={t.parked} text={sync.parkedReason} /> : ""}
      <Stats>
        <Stat label={t.behindRows} value={health === null ? "–" : waitingWords(page, health)} />
        <Stat label={t.behindTime} value={health === null ? "–" : behindWords(page, health)} />
        <Stat label={t.lastTick} value={sync?.lastTick ? t.tick(formatNumber(page, sync.lastTick)) : "–"}>
          <p class="stat-note">
            <Ago page={page} at={sync?.lastTickAt ?? null} />
          </p>
        </Stat>
        <Stat
          label={t.rate}
          value={sync?.rowsPerSecond ? formatNumber(page, Math.round(sync.rowsPerSecond)) : "–"}
          note={t.rateNote}
        />
        {files === null ? (
          ""
        ) : (
          <Stat
            label={t.files}
            value={t.filesOf(formatNumber(page, files.copied), formatNumber(page, files.named))}
          />
        )}
        <Stat
          label={t.proof}
          value={
            sync?.verifiedEqual === true ? t.equal : sync?.verifiedEqual === false ? t.unequal : t.notProved
          }
          {...(sync?.verifiedEqual === false ? { tone: "danger" as const } : {})}
        >
          <p class="stat-note">
            <Ago page={page} at={sync?.verifiedAt ?? null} />
          </p>
        </Stat>
      </Stats>
      <Panel title={t.history}>
        {points.length < 2 ? (
          <EmptyState icon="activity" title={t.noHistory} hint={t.noHistoryHint} />
        ) : (
          <Sparkline
            page={page}
            id="waiting"
            title={t.history}
            description={t.historyText(points.length)}
            points={points}
          />
        )}
      </Panel>
    </div>
  );
}
