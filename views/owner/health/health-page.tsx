import { formatDuration } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Paging } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Ago } from "../../ui/time.tsx";
import { DatabaseHealth } from "../hospitals/hospital-words.tsx";
import { type HospitalRow, lagWords } from "../hospitals/hospitals-table.tsx";

/** Both databases of every hospital, as they were at the last look. */
export function HealthPage(props: {
  page: Page;
  hospitals: readonly HospitalRow[];
  total: number;
  nextCursor: string | null;
}): JSX.Element {
  const { page, hospitals, nextCursor } = props;
  const { hospitals: t, databases } = page.t.owner;
  const answers = (row: HospitalRow) => {
    const ms = row.health.primary?.latencyMs;
    return typeof ms === "number" ? formatDuration(page, ms) : "–";
  };
  return (
    <AppLayout page={page} title={page.t.nav.health}>
      <PageHeader title={page.t.nav.health} />
      {hospitals.length === 0 ? (
        <EmptyState icon="building-2" title={page.t.empty.hospitals} hint={page.t.empty.hospitalsHint} />
      ) : (
        <>
          <DataTable
            page={page}
            caption={page.t.nav.health}
            rows={hospitals}
            href={(row) => `/hospitals/${row.id}`}
            columns={[
              { key: "name", header: t.name, card: "title", text: (row) => row.companyName },
              {
                key: "database",
                header: t.database,
                cell: (row) => <DatabaseHealth page={page} check={row.health.primary} />,
              },
              { key: "latency", header: databases.latency, figures: true, text: answers },
              {
                key: "copy",
                header: t.copy,
                cell: (row) =>
                  row.copyDatabase === null ? (
                    <span class="faint" safe>
                      {t.none}
                    </span>
                  ) : (
                    <DatabaseHealth page={page} check={row.health.copy} />
                  ),
              },
              { key: "lag", header: t.lag, figures: true, text: (row) => lagWords(page, row) },
              {
                key: "proved",
                header: databases.verified,
                minor: true,
                cell: (row) => (
                  <Ago page={page} at={row.health.sync?.verifiedAt ?? null} never={databases.never} />
                ),
              },
              {
                key: "asked",
                header: databases.checked,
                minor: true,
                cell: (row) => <Ago page={page} at={row.health.checkedAt} never={databases.never} />,
              },
            ]}
          />
          <Paging
            page={page}
            shown={hospitals.length}
            total={props.total}
            firstHref={null}
            nextHref={nextCursor === null ? null : `/health?cursor=${nextCursor}`}
          />
        </>
      )}
    </AppLayout>
  );
}
