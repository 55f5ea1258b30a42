import type { AuditRow } from "../../../server/audit/list.ts";
import { AuditTable } from "../../audit/audit-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ListRegion, Paging } from "../../ui/list.tsx";
import { PatientLayout, type PatientLayoutProps } from "./patient-page.tsx";

interface AccessProps extends Omit<PatientLayoutProps, "tab"> {
  readonly rows: readonly AuditRow[];
  readonly firstHref: string | null;
  readonly nextHref: string | null;
}

/** Who has seen this record, and who has changed it. */
export function PatientAccess(props: AccessProps): JSX.Element {
  const { page, rows } = props;
  const { audit } = page.t;
  return (
    <PatientLayout {...props} tab="access">
      {rows.length === 0 ? (
        <EmptyState icon="history" title={audit.empty} hint={audit.emptyHint} />
      ) : (
        <ListRegion>
          <AuditTable page={page} caption={audit.seenTitle} rows={rows} />
          <p class="faint" safe>
            {audit.seenHint}
          </p>
          <Paging page={page} shown={rows.length} firstHref={props.firstHref} nextHref={props.nextHref} />
        </ListRegion>
      )}
    </PatientLayout>
  );
}
