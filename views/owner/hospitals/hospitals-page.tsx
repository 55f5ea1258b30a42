import type { Plan } from "../../../server/owner/plans/plans.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { LinkButton } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Filters, ListRegion, Paging } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { type HospitalFilters, hospitalsHref } from "./hospitals-query.ts";
import { type HospitalRow, HospitalsTable } from "./hospitals-table.tsx";

export interface HospitalsPageProps {
  readonly page: Page;
  readonly hospitals: readonly HospitalRow[];
  readonly filters: HospitalFilters;
  readonly plans: readonly Plan[];
  readonly total: number;
  readonly nextCursor: string | null;
  readonly mayCreate: boolean;
}

/** All hospitals: search, filters, list. */
export function HospitalsPage(props: HospitalsPageProps): JSX.Element {
  const { page, filters } = props;
  const { hospitals: t } = page.t.owner;
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title}>
        {props.mayCreate ? (
          <LinkButton href="/hospitals/new" label={t.create} look="primary" icon="plus" />
        ) : (
          ""
        )}
      </PageHeader>
      <Filters
        page={page}
        action="/hospitals"
        search={{ value: filters.search ?? "", label: t.searchLabel }}
        selects={selectsOf(props)}
        active={isNarrowed(filters)}
      />
      <HospitalsList {...props} />
    </AppLayout>
  );
}

function selectsOf({ page, filters, plans }: HospitalsPageProps) {
  const { owner, states } = page.t;
  const { hospitals: t } = owner;
  return [
    {
      name: "status",
      label: t.status,
      value: filters.status ?? "",
      allLabel: t.daily,
      options: [
        { value: "active", label: states.active },
        { value: "provisioning", label: owner.states.provisioning },
        { value: "suspended", label: states.suspended },
        { value: "archived", label: states.archived },
        { value: "deleting", label: owner.states.deleting },
      ],
    },
    {
      name: "plan",
      label: t.plan,
      value: filters.plan ?? "",
      options: plans.map((plan) => ({ value: plan.key, label: plan.name })),
    },
  ];
}

const isNarrowed = (filters: HospitalFilters) => Boolean(filters.search || filters.status || filters.plan);

/** What a search or a filter replaces. */
export function HospitalsList(props: HospitalsPageProps): JSX.Element {
  const { page, hospitals, filters, nextCursor, total } = props;
  if (hospitals.length === 0) return <NoHospitals {...props} />;
  return (
    <ListRegion>
      <HospitalsTable page={page} hospitals={hospitals} filters={filters} />
      <Paging
        page={page}
        shown={hospitals.length}
        total={total}
        firstHref={filters.cursor === undefined ? null : hospitalsHref(filters, { cursor: undefined })}
        nextHref={nextCursor === null ? null : hospitalsHref(filters, { cursor: nextCursor })}
      />
    </ListRegion>
  );
}

function NoHospitals({ page, filters, mayCreate }: HospitalsPageProps): JSX.Element {
  const { empty, table, owner } = page.t;
  const narrowed = isNarrowed(filters);
  return (
    <ListRegion>
      <EmptyState
        icon={narrowed ? "search" : "building-2"}
        title={narrowed ? table.noMatch : empty.hospitals}
        hint={narrowed ? table.noMatchHint : empty.hospitalsHint}
      >
        {mayCreate && !narrowed ? (
          <LinkButton href="/hospitals/new" label={owner.hospitals.create} look="primary" icon="plus" />
        ) : (
          ""
        )}
      </EmptyState>
    </ListRegion>
  );
}
