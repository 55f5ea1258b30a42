import type { TypeCounts } from "../../../db/schema/hospital/import-runs.ts";
import { formatNumber } from "../../format.ts";
import type { Page } from "../../page.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";

interface Counts {
  readonly created: TypeCounts;
  readonly existing: TypeCounts;
  readonly skipped: TypeCounts;
  readonly refused: TypeCounts;
}

interface TypeRow {
  readonly type: string;
  readonly created: number;
  readonly existing: number;
  readonly skipped: number;
  readonly refused: number;
}

/** The name of a FHIR type in the words of a ward; one that has none here goes by its own. */
export function typeName(page: Pick<Page, "t">, type: string): string {
  const names: Readonly<Record<string, string>> = page.t.imports.types;
  return names[type] ?? type;
}

/** Kinds in the order of the catalogue: those that are kept first. */
function placeOf(page: Pick<Page, "t">, type: string): number {
  const place = Object.keys(page.t.imports.types).indexOf(type);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
}

export const totalOf = (counts: TypeCounts) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** What becomes of the records, type by type; those that are kept come first. */
export function CountsTable(props: {
  page: Pick<Page, "t" | "lang">;
  counts: Counts;
  preview: boolean;
}): JSX.Element {
  const { page, counts } = props;
  const t = page.t.imports;
  const types = new Set(
    [counts.created, counts.existing, counts.refused, counts.skipped].flatMap(Object.keys),
  );
  const rows = [...types]
    .map((type) => ({
      type,
      created: counts.created[type] ?? 0,
      existing: counts.existing[type] ?? 0,
      skipped: counts.skipped[type] ?? 0,
      refused: counts.refused[type] ?? 0,
    }))
    .sort((left, right) => placeOf(page, left.type) - placeOf(page, right.type));
  const figure = (key: "created" | "existing" | "skipped" | "refused", header: string): Column<TypeRow> => ({
    key,
    header,
    figures: true,
    text: (row) => (row[key] === 0 ? "" : formatNumber(page, row[key])),
  });
  const columns: readonly Column<TypeRow>[] = [
    { key: "type", header: t.type, card: "title", text: (row) => typeName(page, row.type) },
    figure("created", props.preview ? t.wouldAdd : t.added),
    figure("existing", t.existing),
    figure("refused", t.refused),
    figure("skipped", t.skipped),
  ];
  return (
    <DataTable
      page={page}
      caption={props.preview ? t.previewTitle : t.resultTitle}
      columns={columns}
      rows={rows}
    />
  );
}
