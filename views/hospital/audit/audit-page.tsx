import type { HospitalAuditRow } from "../../../server/hospital/audit/audit-log.ts";
import {
  type AuditFilterValues,
  auditHref,
  FilterDays,
  FilterField,
  isFiltered,
} from "../../audit/audit-filters.tsx";
import { AuditTable } from "../../audit/audit-table.tsx";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { LinkButton } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Filters, ListRegion, Paging } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

export interface AuditPageProps {
  readonly page: Page;
  readonly rows: readonly HospitalAuditRow[];
  readonly filters: AuditFilterValues & { readonly patient?: string | undefined };
  readonly nextCursor: string | null;
  readonly mayExport: boolean;
}

/** The hospital's audit. */
export function AuditPage(props: AuditPageProps): JSX.Element {
  const { page, filters } = props;
  const { audit } = page.t;
  const { cursor: _, ...exported } = filters;
  return (
    <AppLayout page={page} title={audit.title}>
      <PageHeader title={audit.title} lead={audit.lead}>
        {props.mayExport ? (
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
        ) : (
          ""
        )}
      </PageHeader>
      <Filters
        page={page}
        action="/audit"
        search={{ value: filters.search ?? "", label: audit.search }}
        selects={[
          {
            name: "kind",
            label: audit.kind,
            value: filters.kind ?? "",
            options: [
              { value: "look", label: audit.looks },
              { value: "change", label: audit.changes },
            ],
          },
        ]}
        hidden={filters.event === undefined ? {} : { event: filters.event }}
        active={isFiltered(filters)}
      >
        <FilterField name="person" label={audit.person} value={filters.person} />
        <FilterField name="patient" label={audit.patient} value={filters.patient} />
        <FilterDays page={page} filters={filters} />
      </Filters>
      <AuditList {...props} />
    </AppLayout>
  );
}

/** What a filter or a page turn replaces. */
export function AuditList(props: AuditPageProps): JSX.Element {
  const { page, rows, filters } = props;
  const { t } = page;
  if (rows.length === 0)
    return (
      <ListRegion>
        <EmptyState icon="search" title={t.table.noMatch} hint={t.table.noMatchHint} />
      </ListRegion>
    );
  return (
    <ListRegion>
      <AuditTable
        page={page}
        caption={t.audit.title}
        rows={rows}
        concerns={{ header: t.audit.concerns, cell: (row) => <Concerns row={row} /> }}
      />
      <Paging
        page={page}
        shown={rows.length}
        firstHref={filters.cursor === undefined ? null : auditHref("/audit", filters, undefined)}
        nextHref={props.nextCursor === null ? null : auditHref("/audit", filters, props.nextCursor)}
      />
    </ListRegion>
  );
}

function Concerns({ row }: { row: HospitalAuditRow }): JSX.Element {
  if (row.mrn === null || row.subjectId === null) return "";
  return (
    <a href={`/patients/${row.subjectId}/access`} class="mrn" safe>
      {row.mrn}
    </a>
  );
}
