import type { AuditRow } from "../../../server/audit/list.ts";
import {
  type AuditFilterValues,
  auditHref,
  FilterDays,
  FilterField,
  isFiltered,
} from "../../audit/audit-filters.tsx";
import { AuditExports, type AuditListProps, AuditRows } from "../../audit/audit-list.tsx";
import { AppLayout } from "../../layouts/app-layout.tsx";
import { Filters } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

export interface OwnerAuditPageProps extends AuditListProps<AuditRow> {
  /** Hospitals by id: those that can be chosen, and the names of those in the rows. */
  readonly hospitals: ReadonlyMap<string, string>;
  readonly filters: Omit<AuditFilterValues, "kind"> & { readonly hospital?: string | undefined };
}

/** What operators and the system did. */
export function OwnerAuditPage(props: OwnerAuditPageProps): JSX.Element {
  const { page, filters } = props;
  const { audit } = page.t;
  return (
    <AppLayout page={page} title={audit.title}>
      <PageHeader title={audit.title} lead={audit.leadOwner}>
        <AuditExports page={page} filters={filters} />
      </PageHeader>
      <Filters
        page={page}
        action="/audit"
        search={{ value: filters.search ?? "", label: audit.search }}
        selects={[
          {
            name: "hospital",
            label: audit.hospital,
            allLabel: page.t.health.all,
            value: filters.hospital ?? "",
            options: [...props.hospitals].map(([value, label]) => ({ value, label })),
          },
        ]}
        hidden={filters.event === undefined ? {} : { event: filters.event }}
        active={isFiltered(filters)}
        fields={
          <>
            <FilterField name="person" label={audit.person} value={filters.person} />
            <FilterDays page={page} filters={filters} />
          </>
        }
      />
      <OwnerAuditList {...props} />
    </AppLayout>
  );
}

/** What a filter or a page turn replaces. */
export function OwnerAuditList(props: OwnerAuditPageProps): JSX.Element {
  const { page, rows, filters, nextCursor, hospitals } = props;
  const concerns = {
    header: page.t.audit.hospital,
    cell: ({ subjectId }: AuditRow) => <Concerns id={subjectId} hospitals={hospitals} />,
  };
  return <AuditRows page={page} rows={rows} filters={filters} nextCursor={nextCursor} concerns={concerns} />;
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
