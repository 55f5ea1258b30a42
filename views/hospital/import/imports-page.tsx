import type { ImportRun } from "../../../server/hospital/import/imports.ts";
import type { PageOf } from "../../../server/paging.ts";
import { formatBytes, formatInstant, formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Button } from "../../ui/button.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { Checkbox } from "../../ui/choices.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { FileInput, TextInput } from "../../ui/inputs.tsx";
import { ListRegion, Paging } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { totalOf } from "./counts-table.tsx";

/** As the rules have it: 32 MB a file, 200 files at once. */
const largestFile = 32_000_000;
const mostFiles = 200;

interface ImportsPageProps {
  readonly page: Page;
  readonly imports: PageOf<ImportRun>;
  readonly further: boolean;
  readonly idempotencyKey: string;
  readonly form: FormState;
  readonly whole?: string;
}

/** Upload of files, and the imports before. */
export function ImportsPage(props: ImportsPageProps): JSX.Element {
  const { page } = props;
  const t = page.t.imports;
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead} />
      <Panel title={t.newTitle}>
        <UploadForm {...props} />
      </Panel>
      <History {...props} />
    </AppLayout>
  );
}

function UploadForm(props: ImportsPageProps): JSX.Element {
  const { page, form } = props;
  const t = page.t.imports;
  const labels = { files: t.files, source: t.source, keepGood: t.keepGood };
  const whole = props.whole === undefined ? {} : { whole: props.whole };
  return (
    <Form page={page} action="/imports" files idempotencyKey={props.idempotencyKey}>
      <FormErrors page={page} form={form} labels={labels} {...whole} />
      <FileInput
        page={page}
        form={form}
        name="files"
        label={t.files}
        hint={t.filesHint(formatBytes(page, largestFile), mostFiles)}
        accept=".json,application/json,application/fhir+json"
        multiple
      />
      <TextInput
        page={page}
        form={form}
        name="source"
        label={t.source}
        hint={t.sourceHint}
        optional
        maxlength={100}
        dir="ltr"
        width="medium"
      />
      <Checkbox page={page} form={form} name="keepGood" label={t.keepGood} hint={t.keepGoodHint} optional />
      <FormActions>
        <Button label={t.check} look="primary" icon="upload" />
        <span class="faint" safe>
          {t.checkHint}
        </span>
      </FormActions>
    </Form>
  );
}

function History(props: ImportsPageProps): JSX.Element {
  const { page, imports } = props;
  const t = page.t.imports;
  if (imports.items.length === 0) return <EmptyState icon="inbox" title={t.none} hint={t.noneHint} />;
  const next = imports.nextCursor;
  return (
    <ListRegion>
      <Panel title={t.history} flush>
        <DataTable
          page={page}
          caption={t.history}
          columns={columns(page)}
          rows={imports.items}
          href={(run) => `/imports/${run.id}`}
        />
      </Panel>
      <Paging
        page={page}
        shown={imports.items.length}
        firstHref={props.further ? "/imports" : null}
        nextHref={next === null ? null : `/imports?cursor=${encodeURIComponent(next)}`}
      />
    </ListRegion>
  );
}

const columns = (page: Page): readonly Column<ImportRun>[] => {
  const t = page.t.imports;
  return [
    { key: "when", header: t.when, card: "title", text: (run) => formatInstant(page, run.createdAt) },
    { key: "by", header: t.by, minor: true, text: (run) => run.startedByName },
    { key: "files", header: t.files, figures: true, text: (run) => formatNumber(page, run.filesTotal) },
    { key: "records", header: t.records, figures: true, text: (run) => formatNumber(page, run.recordsTotal) },
    {
      key: "added",
      header: t.added,
      figures: true,
      text: (run) => (run.status === "draft" ? "" : formatNumber(page, totalOf(run.created))),
    },
    {
      key: "errors",
      header: t.errors,
      figures: true,
      text: (run) => formatNumber(page, totalOf(run.refused)),
    },
    {
      key: "state",
      header: t.state,
      card: "status",
      cell: (run) => <StatusChip page={page} state={run.status} />,
    },
  ];
};
