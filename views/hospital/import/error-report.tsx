import type { ImportError } from "../../../server/hospital/import/import-report.ts";
import { formatNumber, type Place } from "../../format.ts";
import { Code } from "../../ui/bdi.tsx";
import { LinkButton } from "../../ui/button.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";
import { typeName } from "./counts-table.tsx";

/** Why, in the page's language; in English the rule's own sentence, which says more. */
function reasonText(page: Pick<Place, "t" | "lang">, error: ImportError): string {
  const reasons: Readonly<Record<string, string>> = page.t.imports.reasons;
  return page.lang === "en" ? error.message : (reasons[error.code] ?? error.message);
}

/** Why records were refused: file, record, field and reason. All of them are in the CSV. */
export function ErrorReport(props: {
  page: Place;
  importId: string;
  errors: readonly ImportError[];
  total: number;
}): JSX.Element {
  const { page, errors } = props;
  if (errors.length === 0) return "";
  const t = page.t.imports;
  const columns: readonly Column<ImportError>[] = [
    { key: "file", header: t.file, card: "title", text: (row) => row.file },
    {
      key: "record",
      header: t.record,
      text: (row) => (row.resourceType === null ? t.wholeFile : typeName(page, row.resourceType)),
    },
    {
      key: "entry",
      header: t.entry,
      figures: true,
      minor: true,
      text: (row) => (row.entry === null ? "" : formatNumber(page, row.entry)),
    },
    {
      key: "field",
      header: t.field,
      cell: (row) => (row.field === null || row.field === "" ? "" : <Code text={row.field} />),
    },
    { key: "reason", header: t.reason, text: (row) => reasonText(page, row) },
  ];
  return (
    <Panel
      title={t.reportTitle}
      flush
      actions={
        <LinkButton
          href={`/imports/${props.importId}/errors.csv`}
          label={t.reportCsv}
          icon="download"
          size="small"
          download
        />
      }
    >
      <DataTable page={page} caption={t.reportTitle} columns={columns} rows={errors} />
      {props.total > errors.length ? (
        <p class="faint" safe>
          {t.moreInCsv(formatNumber(page, errors.length), formatNumber(page, props.total))}
        </p>
      ) : (
        ""
      )}
    </Panel>
  );
}
