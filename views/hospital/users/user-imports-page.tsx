import type { UserImport } from "../../../server/hospital/users/import/user-imports.ts";
import { formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { FileInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
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
  const figure = (
    key: string,
    header: string,
    figureOf: (run: UserImport) => number,
  ): Column<UserImport> => ({
    ...{ key, header, figures: true },
    text: (run) => formatNumber(page, figureOf(run)),
  });
  return [
    { key: "file", header: t.file, card: "title", text: (run) => run.fileName },
    { key: "when", header: t.when, cell: (run) => <Ago page={page} at={run.createdAt} /> },
    { key: "who", header: t.who, minor: true, text: (run) => run.startedByName },
    figure("rows", t.linesTitle, ({ rowsTotal }) => rowsTotal),
    figure("created", t.created, ({ created }) => created),
    // Lines that were at fault from the first, and those that failed later: as the list's own page counts them.
    figure("failed", t.failed, ({ failed, faulty }) => failed + faulty),
    {
      key: "state",
      header: t.state,
      card: "status",
      cell: (run) => <Chip tone={runLooks[run.status]} label={t.runStates[run.status]} />,
    },
  ];
}
