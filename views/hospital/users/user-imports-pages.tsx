import type { UserImport, UserImportRow } from "../../../server/hospital/users/import/user-imports.ts";
import { formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { FileInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Progress } from "../../ui/progress.tsx";
import { Stat, Stats } from "../../ui/stat.tsx";
import { Ago } from "../../ui/time.tsx";

/** Choosing a file, and the lists that were brought in before. */
export function UserImportsPage(props: {
  page: Page;
  form: FormState;
  whole?: string;
  imports: readonly UserImport[];
}): JSX.Element {
  const { page, form } = props;
  const { imports: t } = page.t.people;
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead} crumbs={[{ label: page.t.staff.users, href: "/users" }]}>
        <LinkButton href="/users/imports/template.csv" label={t.template} icon="download" download />
      </PageHeader>
      <FormErrors
        page={page}
        form={form}
        labels={{ file: t.file }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/users/imports" files>
        <FileInput
          page={page}
          form={form}
          name="file"
          label={t.file}
          hint={t.fileHint}
          accept=".csv,text/csv"
        />
        <FormActions>
          <Button label={t.upload} look="primary" icon="upload" />
        </FormActions>
      </Form>
      <Panel title={t.earlier} flush>
        {props.imports.length === 0 ? (
          <EmptyState icon="inbox" title={t.none} hint={t.noneHint} />
        ) : (
          <DataTable
            page={page}
            caption={t.earlier}
            rows={props.imports}
            href={(run) => `/users/imports/${run.id}`}
            columns={runColumns(page)}
          />
        )}
      </Panel>
    </AppLayout>
  );
}

const runLooks = { draft: "neutral", waiting: "info", running: "info", done: "success" } as const;

function runColumns(page: Page): readonly Column<UserImport>[] {
  const { imports: t } = page.t.people;
  const figure = (key: "rowsTotal" | "created" | "failed", header: string): Column<UserImport> => ({
    ...{ key, header, figures: true },
    text: (run) => formatNumber(page, run[key]),
  });
  return [
    { key: "file", header: t.file, card: "title", text: (run) => run.fileName },
    { key: "when", header: t.when, cell: (run) => <Ago page={page} at={run.createdAt} /> },
    { key: "who", header: t.who, minor: true, text: (run) => run.startedByName },
    figure("rowsTotal", t.linesTitle),
    figure("created", t.created),
    figure("failed", t.failed),
    {
      key: "state",
      header: t.state,
      card: "status",
      cell: (run) => <Chip tone={runLooks[run.status]} label={t.runStates[run.status]} />,
    },
  ];
}

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

const rowLooks = {
  ready: ["info", "circle"],
  existing: ["neutral", "user-check"],
  faulty: ["danger", "circle-alert"],
  created: ["success", "circle-check"],
  failed: ["danger", "circle-x"],
} as const;

function rowColumns(page: Page): readonly Column<UserImportRow>[] {
  const { imports: t } = page.t.people;
  return [
    { key: "line", header: t.line, figures: true, text: (row) => formatNumber(page, row.line) },
    { key: "name", header: t.fields.name, card: "title", text: (row) => row.name },
    { key: "email", header: t.fields.email, text: (row) => row.email },
    { key: "role", header: t.fields.role, text: (row) => row.role },
    { key: "departments", header: t.fields.departments, minor: true, text: (row) => row.departments },
    { key: "fault", header: t.fault, text: (row) => faultOf(page, row) },
    {
      key: "state",
      header: t.state,
      card: "status",
      cell: (row) => {
        const [tone, icon] = rowLooks[row.status];
        return <Chip tone={tone} icon={icon} label={t.rowStates[row.status]} />;
      },
    },
  ];
}

/** The field, and what is wrong with it: in English the rule's own sentence, else the catalogue's. */
function faultOf(page: Page, row: UserImportRow): string {
  if (row.code === null) return "";
  const { imports: t } = page.t.people;
  const fields: Readonly<Record<string, string>> = t.fields;
  const known: Readonly<Record<string, string>> = { ...page.t.validation, ...page.t.errors };
  const words =
    page.lang === "en" && row.message ? row.message : (known[row.code] ?? page.t.validation.invalid);
  return row.field === null ? words : `${fields[row.field] ?? row.field}: ${words}`;
}
