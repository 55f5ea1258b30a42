import type { ImportError, ImportFile } from "../../../server/hospital/import/import-report.ts";
import type { ImportRun } from "../../../server/hospital/import/imports.ts";
import { formatBytes, formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Form, FormActions } from "../../ui/form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Progress } from "../../ui/progress.tsx";
import { CountsTable, totalOf } from "./counts-table.tsx";
import { ErrorReport } from "./error-report.tsx";

export interface ImportPageProps {
  readonly page: Page;
  readonly run: ImportRun;
  readonly files: readonly ImportFile[];
  /** The first of them; `run.errorCount` says how many there are. */
  readonly errors: readonly ImportError[];
  /** It should be going on, and nobody is at it. */
  readonly stalled: boolean;
}

/** One import: what would happen, how it goes, what has happened. */
export function ImportPage(props: ImportPageProps): JSX.Element {
  const { page, run } = props;
  const t = page.t.imports;
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader
        title={t.filesCount(run.filesTotal)}
        crumbs={[{ label: t.title, href: "/imports" }]}
        lead={t.recordsCount(run.recordsTotal)}
      />
      <ImportState {...props} />
    </AppLayout>
  );
}

/** The part of the page that follows the import while it runs. */
export function ImportState(props: ImportPageProps): JSX.Element {
  const { page, run, files, errors } = props;
  const t = page.t.imports;
  const goesOn = run.status === "waiting" || run.status === "running";
  const preview = run.status === "draft";
  return (
    <section
      id="import-state"
      class="stack"
      hx-get={goesOn ? `/imports/${run.id}/state` : undefined}
      hx-trigger={goesOn ? "every 1s" : undefined}
      hx-swap={goesOn ? "outerMorph" : undefined}
    >
      <Situation {...props} />
      <Panel title={preview ? t.previewTitle : t.resultTitle} flush>
        <CountsTable page={page} counts={run} preview={preview} />
      </Panel>
      <ErrorReport page={page} importId={run.id} errors={errors} total={run.errorCount} />
      <Panel title={t.filesTitle} flush>
        <DataTable page={page} caption={t.filesTitle} columns={fileColumns(page)} rows={files} />
      </Panel>
    </section>
  );
}

/** Where the import stands, and what can be done now. */
function Situation(props: ImportPageProps): JSX.Element {
  const { page, run } = props;
  const t = page.t.imports;
  switch (run.status) {
    case "draft":
      return <Draft {...props} />;
    case "waiting":
    case "running":
      return props.stalled ? <Stalled {...props} /> : <Running {...props} />;
    case "stopped":
      return (
        <Banner tone="warning" title={t.stoppedTitle} text={t.stoppedText} live>
          <LinkButton href="/imports" label={t.newTitle} icon="upload" />
        </Banner>
      );
    case "done":
      return (
        <Banner
          tone={run.errorCount > 0 ? "warning" : "success"}
          title={t.doneTitle}
          text={run.errorCount > 0 ? t.doneWith(run.errorCount) : t.doneClean}
          live
        >
          <LinkButton href="/patients" label={page.t.nav.patients} icon="users" />
        </Banner>
      );
  }
}

function Draft(props: ImportPageProps): JSX.Element {
  const { page, run } = props;
  const t = page.t.imports;
  const nothingNew = totalOf(run.created) === 0;
  return (
    <Panel title={nothingNew ? t.nothingNewTitle : t.nothingWritten}>
      <Form page={page} action={`/imports/${run.id}/start`}>
        {run.errorCount > 0 ? (
          <Banner
            tone="warning"
            title={t.doneWith(run.errorCount)}
            text={run.keepGood ? t.goodComeIn : t.filesStayOut}
          />
        ) : (
          ""
        )}
        <FormActions>
          {nothingNew ? "" : <Button label={t.start} look="primary" icon="import" />}
          <Button label={t.discard} icon="trash-2" formaction={`/imports/${run.id}/stop`} />
        </FormActions>
      </Form>
    </Panel>
  );
}

function Running(props: ImportPageProps): JSX.Element {
  const { page, run } = props;
  const spentMs = run.startedAt === null ? 0 : page.now.getTime() - run.startedAt.getTime();
  const share = run.recordsTotal === 0 ? 0 : run.recordsDone / run.recordsTotal;
  return (
    <Panel title={page.t.imports.runningTitle}>
      <Progress
        page={page}
        id="import-progress"
        label={page.t.imports.recordsCount(run.recordsTotal)}
        done={run.recordsDone}
        total={run.recordsTotal}
        msLeft={share > 0 ? (spentMs / share) * (1 - share) : null}
        stopAction={`/imports/${run.id}/stop`}
      />
      <noscript>
        <LinkButton href={`/imports/${run.id}`} label={page.t.actions.refresh} icon="refresh-cw" />
      </noscript>
    </Panel>
  );
}

function Stalled(props: ImportPageProps): JSX.Element {
  const { page, run } = props;
  const t = page.t.imports;
  return (
    <Panel title={t.stalledTitle}>
      <p safe>{t.stalledText}</p>
      <Form page={page} action={`/imports/${run.id}/continue`}>
        <FormActions>
          <Button label={t.goOn} look="primary" icon="play" />
          <Button label={page.t.actions.stop} icon="ban" formaction={`/imports/${run.id}/stop`} />
        </FormActions>
      </Form>
    </Panel>
  );
}

const fileLooks = { waiting: "neutral", done: "success", refused: "danger" } as const;

const fileColumns = (page: Page): readonly Column<ImportFile>[] => {
  const t = page.t.imports;
  return [
    { key: "file", header: t.file, card: "title", text: (file) => file.name },
    {
      key: "size",
      header: t.size,
      figures: true,
      minor: true,
      text: (file) => formatBytes(page, file.sizeBytes),
    },
    {
      key: "records",
      header: t.records,
      figures: true,
      text: (file) => formatNumber(page, file.recordsTotal),
    },
    {
      key: "created",
      header: t.added,
      figures: true,
      text: (file) => formatNumber(page, totalOf(file.created)),
    },
    {
      key: "errors",
      header: t.errors,
      figures: true,
      text: (file) => formatNumber(page, totalOf(file.refused)),
    },
    {
      key: "state",
      header: t.state,
      card: "status",
      cell: (file) => <Chip tone={fileLooks[file.status]} label={t.fileStates[file.status]} />,
    },
  ];
};
