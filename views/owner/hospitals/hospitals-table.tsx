import type { HospitalHealth } from "../../../server/owner/health/health.ts";
import type { TenantSummary } from "../../../server/owner/tenants/tenants-list.ts";
import { formatNumber } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Code } from "../../ui/bdi.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Meter } from "../../ui/progress.tsx";
import { Ago } from "../../ui/time.tsx";
import { DatabaseHealth, HospitalStatus } from "./hospital-words.tsx";
import { type HospitalFilters, sortOf } from "./hospitals-query.ts";

export interface HospitalRow extends TenantSummary {
  readonly health: HospitalHealth;
}

/** A row a hospital; the row opens its page. */
export function HospitalsTable(props: {
  page: Page;
  hospitals: readonly HospitalRow[];
  filters: HospitalFilters;
}): JSX.Element {
  const { page, filters } = props;
  return (
    <DataTable
      page={page}
      caption={page.t.owner.hospitals.title}
      columns={columnsOf(page, filters)}
      rows={props.hospitals}
      href={(hospital) => `/hospitals/${hospital.id}`}
      faint={(hospital) => hospital.status === "archived" || hospital.status === "deleting"}
    />
  );
}

function columnsOf(page: Page, filters: HospitalFilters): readonly Column<HospitalRow>[] {
  const { hospitals: t } = page.t.owner;
  return [
    {
      key: "name",
      header: t.name,
      card: "title",
      sort: sortOf(filters, "name"),
      cell: (row) => (
        <>
          <bdi safe>{row.companyName}</bdi> <Code class="faint" text={row.subdomain} />
        </>
      ),
    },
    {
      key: "status",
      header: t.status,
      card: "status",
      cell: (row) => <HospitalStatus page={page} status={row.status} />,
    },
    { key: "plan", header: t.plan, minor: true, text: (row) => row.planName },
    {
      key: "users",
      header: t.users,
      figures: true,
      sort: sortOf(filters, "users"),
      cell: (row) => <Used page={page} label={t.users} used={row.userCount} limit={row.limits.users} />,
    },
    {
      key: "patients",
      header: t.patients,
      figures: true,
      sort: sortOf(filters, "patients"),
      cell: (row) => (
        <Used page={page} label={t.patients} used={row.patientCount} limit={row.limits.patients} />
      ),
    },
    {
      key: "database",
      header: t.database,
      cell: (row) => <DatabaseHealth page={page} check={row.health.primary} />,
    },
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
    { key: "lag", header: t.lag, minor: true, figures: true, text: (row) => lagWords(page, row) },
    {
      key: "created",
      header: t.created,
      minor: true,
      card: "hidden",
      sort: sortOf(filters, "created"),
      cell: (row) => <Ago page={page} at={row.createdAt} />,
    },
  ];
}

function Used(props: { page: Page; label: string; used: number | null; limit: number | null }): JSX.Element {
  if (props.used === null) return <span class="faint">–</span>;
  return <Meter page={props.page} label={props.label} used={props.used} limit={props.limit} />;
}

/** How many changes the online copy lacks; a dash where nobody knows. */
export function lagWords(page: Page, { copyDatabase, health }: HospitalRow): string {
  const rows = health.sync?.lagRows ?? health.primary?.lagRows ?? null;
  if (copyDatabase === null || rows === null) return "–";
  return rows === 0 ? page.t.owner.hospitals.nothing : formatNumber(page, rows);
}
