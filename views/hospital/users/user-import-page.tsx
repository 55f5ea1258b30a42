import type { UserImport, UserImportRow } from "../../../server/hospital/users/import/user-imports.ts";
import { formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Form, FormActions } from "../../ui/form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Progress } from "../../ui/progress.tsx";
import { Stat, Stats } from "../../ui/stat.tsx";
import { rowColumns } from "./user-import-columns.tsx";

export interface UserImportPageProps {
  readonly page: Page;
  readonly run: UserImport;
  readonly rows: readonly UserImportRow[];
  /** People the plan has room for; null: no limit. */
  readonly placesLeft: number | null;
  readonly stalled: boolean;
}

/** One list of staff: every line with what would become of it, how it goes, what has. */
export function UserImportPage(props: UserImportPageProps): JSX.Element {
  const { page, run } = props;
  const { imports: t } = page.t.people;
  return (
    <AppLayout page={page} title={run.fileName}>
      <PageHeader
        title={run.fileName}
        lead={t.rows(run.rowsTotal)}
        crumbs={[
          { label: page.t.staff.users, href: "/users" },
          { label: t.title, href: "/users/imports" },
        ]}
      />
      <UserImportState {...props} />
    </AppLayout>
  );
}

/** The part of the page that follows the import while it runs. */
export function UserImportState(props: UserImportPageProps): JSX.Element {
  const { page, run, rows } = props;
  const { imports: t } = page.t.people;
  const goesOn = run.status === "waiting" || run.status === "running";
  const draft = run.status === "draft";
  const hidden = run.rowsTotal - rows.length;
  return (
    <section
      id="user-import-state"
      class="stack"
      hx-get={goesOn ? `/users/imports/${run.id}/state` : undefined}
      hx-trigger={goesOn ? "every 1s" : undefined}
      hx-swap={goesOn ? "outerMorph" : undefined}
    >
      <Situation {...props} />
      <Stats>
        <Stat
          label={draft ? t.ready : t.created}
          value={formatNumber(page, draft ? run.ready : run.created)}
          icon="user-plus"
        />
        <Stat label={t.existing} value={formatNumber(page, run.existing)} icon="user-check" />
        <Stat
          label={draft ? t.faulty : t.failed}
          value={formatNumber(page, draft ? run.faulty : run.failed + run.faulty)}
          icon="circle-alert"
          {...(run.faulty + run.failed > 0 ? { tone: "warning" as const } : {})}
        />
      </Stats>
      <Panel title={draft ? t.previewTitle : t.linesTitle} flush>
        <DataTable page={page} caption={t.previewTitle} rows={rows} columns={rowColumns(page)} />
      </Panel>
      {hidden > 0 ? <p safe>{t.moreRows(hidden)}</p> : ""}
    </section>
  );
}

function Situation(props: UserImportPageProps): JSX.Element {
  const { page, run, placesLeft } = props;
  const { imports: t } = page.t.people;
  if (run.status === "done")
    return (
      <Banner
        tone={run.failed > 0 ? "warning" : "success"}
        title={t.doneTitle}
        text={t.doneText(run.created)}
        live
      />
    );
  if (run.status === "draft") {
    const short = placesLeft !== null && placesLeft < run.ready;
    return (
      <Panel title={t.nothingWritten}>
        {run.ready === 0 ? <Banner tone="warning" title={t.nothingReady} /> : ""}
        {run.ready > 0 && run.faulty > 0 ? <Banner tone="warning" title={t.faultsStay} /> : ""}
        {short ? <Banner tone="warning" title={t.tooMany(formatNumber(page, placesLeft))} /> : ""}
        <Form page={page} action={`/users/imports/${run.id}/start`}>
          <FormActions>
            {run.ready === 0 ? "" : <Button label={t.confirm(run.ready)} look="primary" icon="mail" />}
            <Button label={t.discard} icon="trash-2" formaction={`/users/imports/${run.id}/removal`} />
          </FormActions>
        </Form>
      </Panel>
    );
  }
  return (
    <Panel title={props.stalled ? t.stalled : t.running}>
      <Progress
        page={page}
        id="user-import-progress"
        label={t.running}
        done={run.rowsDone}
        total={run.ready}
      />
      {props.stalled ? (
        <Form page={page} action={`/users/imports/${run.id}/start`}>
          <p safe>{t.stalledText}</p>
          <FormActions>
            <Button label={t.goOn} look="primary" icon="play" />
          </FormActions>
        </Form>
      ) : (
        <noscript>
          <LinkButton href={`/users/imports/${run.id}`} label={page.t.actions.refresh} icon="refresh-cw" />
        </noscript>
      )}
    </Panel>
  );
}
