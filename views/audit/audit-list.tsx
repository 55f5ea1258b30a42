import type { AuditRow } from "../../server/audit/list.ts";
import type { Page } from "../page.ts";
import { LinkButton } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ListRegion, Paging } from "../ui/list.tsx";
import { type AuditFilterValues, auditHref } from "./audit-filters.tsx";
import { AuditTable, type AuditTableProps } from "./audit-table.tsx";

/** The rows that the filters choose, as files. */
export function AuditExports({ page, filters }: { page: Page; filters: AuditFilterValues }): JSX.Element {
  const { audit } = page.t;
  const { cursor: _, ...exported } = filters;
  return (
    <>
      <LinkButton
        href={auditHref("/audit/export.csv", exported, undefined)}
        label={audit.export}
        icon="download"
      />
      <LinkButton
        href={auditHref("/audit/export.ndjson", exported, undefined)}
        label={audit.exportLines}
        icon="download"
      />
    </>
  );
}

export interface AuditListProps<Row extends AuditRow> {
  readonly page: Page;
  readonly rows: readonly Row[];
  readonly filters: AuditFilterValues;
  readonly nextCursor: string | null;
}

/** A page of an audit, of either side: what a filter or a page turn replaces. */
export function AuditRows<Row extends AuditRow>(
  props: AuditListProps<Row> & Required<Pick<AuditTableProps<Row>, "concerns">>,
): JSX.Element {
  const { page, rows, filters, nextCursor } = props;
  const { t } = page;
  if (rows.length === 0)
    return (
      <ListRegion>
        <EmptyState icon="search" title={t.table.noMatch} hint={t.table.noMatchHint} />
      </ListRegion>
    );
  return (
    <ListRegion>
      <AuditTable page={page} caption={t.audit.title} rows={rows} concerns={props.concerns} />
      <Paging
        page={page}
        shown={rows.length}
        firstHref={filters.cursor === undefined ? null : auditHref("/audit", filters, undefined)}
        nextHref={nextCursor === null ? null : auditHref("/audit", filters, nextCursor)}
      />
    </ListRegion>
  );
}
