import type { RestoreState } from "../../../server/bridge/restore-record.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { LinkButton } from "../../ui/button.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Live, Steps } from "../../ui/steps.tsx";
import { lostWords } from "./restore-words.tsx";

interface RunProps {
  readonly page: Page;
  readonly hospital: { readonly id: string; readonly name: string };
  readonly state: RestoreState;
  readonly mayRetry: boolean;
}

/** A restore as it goes on, kept current while it runs. */
export function RestoreRunPage(props: RunProps): JSX.Element {
  const { page, hospital, state } = props;
  const { copying: t, owner } = page.t;
  const title = t.restoreTitle(hospital.name);
  return (
    <AppLayout page={page} title={title}>
      <PageHeader
        title={title}
        crumbs={[
          { label: owner.hospitals.title, href: "/hospitals" },
          { label: hospital.name, href: `/hospitals/${hospital.id}` },
          { label: t.title, href: `/hospitals/${hospital.id}/copying` },
        ]}
      />
      {state.run.status === "running" ? (
        <>
          <Live id="restore" src={`/hospitals/${hospital.id}/restore/events`}>
            <RestoreNow {...props} />
          </Live>
          <noscript>
            <LinkButton
              href={`/hospitals/${hospital.id}/restore`}
              label={owner.setUp.refresh}
              icon="refresh-cw"
            />
          </noscript>
        </>
      ) : (
        <div id="restore">
          <RestoreNow {...props} />
        </div>
      )}
    </AppLayout>
  );
}

/** The steps as they stand, what may be lost, and how far the rows are. */
export function RestoreNow(props: RunProps): JSX.Element {
  const { page, hospital, state, mayRetry } = props;
  const { copying: t } = page.t;
  const { run, steps } = state;
  const tables = Object.values(run.tables);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const { lostSeconds: seconds, lastTickAt, waitingRows } = run;
  return (
    <div class="stack">
      <Outcome {...props} tables={tables.length} />
      {run.fencedAt === null ? (
        ""
      ) : (
        <Panel title={t.lost}>
          <p safe>{lostWords(page, { seconds, lastTickAt, waitingRows })}</p>
        </Panel>
      )}
      <Panel title={t.steps}>
        {tables.length === 0 ? (
          ""
        ) : (
          <p class="faint" safe>{`${t.tables(tables.length)} · ${t.rows(rows)}`}</p>
        )}
        {run.files === null ? (
          ""
        ) : (
          <p class={run.files.missing > 0 ? undefined : "faint"} safe>
            {t.filesRestored(run.files.named, run.files.missing)}
          </p>
        )}
        <Steps
          page={page}
          label={t.steps}
          {...(mayRetry ? { retryAction: `/hospitals/${hospital.id}/restore/retry` } : {})}
          steps={steps.map(({ key, status, reason, startedAt, finishedAt }) => ({
            ...{ key, status, reason, label: t.names[key] },
            tookMs:
              status === "done" && startedAt !== null && finishedAt !== null
                ? Math.max(1, finishedAt.getTime() - startedAt.getTime())
                : null,
          }))}
        />
      </Panel>
    </div>
  );
}

function Outcome({ page, hospital, state, tables, mayRetry }: RunProps & { tables: number }): JSX.Element {
  const { copying: t, owner } = page.t;
  const { status } = state.run;
  if (status === "running") return <Banner tone="info" title={t.running} text={t.runningText} />;
  if (status === "failed") return <Banner tone="danger" title={t.failed} text={t.failedText} live />;
  return (
    <Banner tone="success" title={t.done} text={t.doneText(tables)} live>
      <LinkButton
        href={`/hospitals/${hospital.id}`}
        label={owner.setUp.toHospital}
        look="primary"
        size="small"
      />
      {mayRetry ? (
        <LinkButton href={`/hospitals/${hospital.id}/restore?new=1`} label={t.again} size="small" />
      ) : (
        ""
      )}
    </Banner>
  );
}
