import type { AuditRow } from "../../../server/audit/list.ts";
import { type AuditFilterValues, auditHref, FilterDays, isFiltered } from "../../audit/audit-filters.tsx";
import { AuditTable } from "../../audit/audit-table.tsx";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { LinkButton } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Filters, ListRegion, Paging } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

export interface OwnerAuditPageProps {
  readonly page: Page;
  readonly rows: readonly AuditRow[];
  /** Hospitals by id: those that can be chosen, and the names of those in the rows. */
  readonly hospitals: ReadonlyMap<string, string>;
  readonly filters: Omit<AuditFilterValues, "kind"> & { readonly hospital?: string | undefined };
  readonly nextCursor: string | null;
}

/** What operators and the system did. */
export function OwnerAuditPage(props: OwnerAuditPageProps): JSX.Element {
  const { page, filters } = props;
  const { audit } = page.t;
  const { cursor: _, ...exported } = filters;
  return (
    <AppLayout page={page} title={audit.title}>
      <PageHeader title={audit.title} lead={audit.leadOwner}>
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
      </PageHeader>
      <Filters
        page={page}
        action="/audit"
        search={{ value: filters.search ?? "", label: audit.search }}
        selects={[
          {
            name: "hospital",
            label: audit.hospital,
            value: filters.hospital ?? "",
            options: [...props.hospitals].map(([value, label]) => ({ value, label })),
          },
        ]}
        hidden={{
          ...(filters.event === undefined ? {} : { event: filters.event }),
          ...(filters.person === undefined ? {} : { person: filters.person }),
        }}
        active={isFiltered(filters)}
      >
        <FilterDays page={page} filters={filters} />
      </Filters>
      <OwnerAuditList {...props} />
    </AppLayout>
  );
}

/** What a filter or a page turn replaces. */
export function OwnerAuditList(props: OwnerAuditPageProps): JSX.Element {
  const { page, rows, filters, hospitals } = props;
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
        concerns={{
          header: t.audit.hospital,
          cell: ({ subjectId }) => <Concerns id={subjectId} hospitals={hospitals} />,
        }}
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

function Concerns(props: { id: string | null; hospitals: ReadonlyMap<string, string> }): JSX.Element {
  const name = props.id === null ? undefined : props.hospitals.get(props.id);
  if (props.id === null || name === undefined) return "";
  return (
    <a href={auditHref("/audit", { hospital: props.id }, undefined)} safe>
      {name}
    </a>
  );
}
