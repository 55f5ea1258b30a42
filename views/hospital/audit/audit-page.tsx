import type { HospitalAuditRow } from "../../../server/hospital/audit/audit-log.ts";
import { type AuditFilterValues, FilterDays, FilterField, isFiltered } from "../../audit/audit-filters.tsx";
import { AuditExports, type AuditListProps, AuditRows } from "../../audit/audit-list.tsx";
import { AppLayout } from "../../layouts/app-layout.tsx";
import { Filters } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

export interface AuditPageProps extends AuditListProps<HospitalAuditRow> {
  readonly filters: AuditFilterValues & { readonly patient?: string | undefined };
  readonly mayExport: boolean;
}

/** The hospital's audit. */
export function AuditPage(props: AuditPageProps): JSX.Element {
  const { page, filters } = props;
  const { audit } = page.t;
  return (
    <AppLayout page={page} title={audit.title}>
      <PageHeader title={audit.title} lead={audit.lead}>
        {props.mayExport ? <AuditExports page={page} filters={filters} /> : ""}
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
        fields={
          <>
            <FilterField name="person" label={audit.person} value={filters.person} />
            <FilterField name="patient" label={audit.patient} value={filters.patient} />
            <FilterDays page={page} filters={filters} />
          </>
        }
      />
      <AuditList {...props} />
    </AppLayout>
  );
}

/** What a filter or a page turn replaces. */
export function AuditList({ page, rows, filters, nextCursor }: AuditPageProps): JSX.Element {
  const concerns = {
    header: page.t.audit.concerns,
    cell: (row: HospitalAuditRow) => <Concerns row={row} />,
  };
  return <AuditRows page={page} rows={rows} filters={filters} nextCursor={nextCursor} concerns={concerns} />;
}

function Concerns({ row }: { row: HospitalAuditRow }): JSX.Element {
  if (row.mrn === null || row.subjectId === null) return "";
  return (
    <a href={`/patients/${row.subjectId}/access`} class="mrn" safe>
      {row.mrn}
    </a>
  );
}
