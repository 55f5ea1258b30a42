import type { PatientListItem } from "../../../server/hospital/patients/patients-list.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { LinkButton } from "../../ui/button.tsx";
import { DrawnOnce } from "../../ui/drawn-once.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Filters, ListRegion, Paging } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { type PatientFilters, patientsHref, sortChoices } from "./patients-query.ts";
import { PatientsTable } from "./patients-table.tsx";

export interface PatientsPageProps {
  readonly page: Page;
  readonly patients: readonly PatientListItem[];
  readonly filters: PatientFilters;
  readonly total?: number;
  readonly nextCursor: string | null;
  /** Where in the list those begin that are only similar. */
  readonly similarFrom?: number;
  readonly may: { readonly register: boolean; readonly export: boolean; readonly delete: boolean };
}

/** The hospital's patients: search, filters, list. */
export function PatientsPage(props: PatientsPageProps): JSX.Element {
  const { page, filters, may } = props;
  return (
    <AppLayout page={page} title={page.t.patients.title}>
      {heads.draw(JSON.stringify([page.lang, filters, may]), () => (
        <Head {...props} />
      ))}
      <PatientsList {...props} />
    </AppLayout>
  );
}

const heads = new DrawnOnce(200);

function Head(props: PatientsPageProps): JSX.Element {
  const { page, filters, may } = props;
  const { t } = page;
  return (
    <>
      <PageHeader title={t.patients.title}>
        {may.register ? (
          <LinkButton href="/patients/new" label={t.patients.register} look="primary" icon="user-plus" />
        ) : (
          ""
        )}
      </PageHeader>
      <Filters
        page={page}
        action="/patients"
        search={{ value: filters.search ?? "", label: t.patients.searchLabel }}
        selects={selectsOf(props)}
        active={isNarrowed(filters)}
      />
    </>
  );
}

function selectsOf({ page, filters, may }: PatientsPageProps) {
  const { t } = page;
  return [
    {
      name: "status",
      label: t.patients.status,
      value: filters.status ?? "",
      options: (["active", "inactive", "deceased"] as const).map((value) => ({
        value,
        label: t.states[value],
      })),
    },
    {
      name: "sex",
      label: t.patients.fields.sex,
      value: filters.sex ?? "",
      options: [
        { value: "female", label: t.person.female },
        { value: "male", label: t.person.male },
        { value: "other", label: t.person.otherSex },
        { value: "unknown", label: t.person.unknownSex },
      ],
    },
    {
      name: "sort",
      label: t.patients.sort,
      value: filters.sort ?? "",
      allLabel: t.patients.sortNewest,
      options: sortChoices(t),
    },
    ...(may.delete
      ? [
          {
            name: "deleted",
            label: t.patients.showing,
            value: filters.deleted === true ? "true" : "",
            allLabel: t.patients.current,
            options: [{ value: "true", label: t.patients.deletedOnes }],
          },
        ]
      : []),
  ];
}

const isNarrowed = (filters: PatientFilters) =>
  Boolean(filters.search || filters.status || filters.sex || filters.deleted);

/** The list as it is opened all day: drawn anew only where something of it changed. */
const lists = new DrawnOnce(100);

/** What a search or a filter replaces. */
export function PatientsList(props: PatientsPageProps): JSX.Element {
  const { page, patients, ...around } = props;
  // Ages change with the day and times with the minute.
  const minute = Math.floor(page.now.getTime() / 60_000);
  let madeOf = JSON.stringify([page.hospital, page.lang, page.zone, minute, around]);
  // A row's version grows with each change of it.
  for (const { id, version, withheld } of patients) madeOf += `${id} ${version} ${withheld}\n`;
  return lists.draw(madeOf, () => <List {...props} />);
}

function List(props: PatientsPageProps): JSX.Element {
  const { page, patients, filters, similarFrom } = props;
  const { t } = page;
  if (patients.length === 0) return <NoPatients {...props} />;
  return (
    <ListRegion>
      {similarFrom === undefined ? (
        ""
      ) : (
        <p class="page-lead" safe>
          {similarFrom === 0 ? t.patients.similarOnly : t.patients.similarToo}
        </p>
      )}
      <PatientsTable page={page} patients={patients} filters={filters} />
      <Paging
        page={page}
        shown={patients.length}
        {...(props.total === undefined ? {} : { total: props.total })}
        firstHref={filters.cursor === undefined ? null : patientsHref(filters, { cursor: undefined })}
        nextHref={props.nextCursor === null ? null : patientsHref(filters, { cursor: props.nextCursor })}
      />
      {props.may.export ? (
        <p>
          <LinkButton
            href={patientsHref(filters, { cursor: undefined }, "/patients/export.csv")}
            label={t.actions.exportCsv}
            look="ghost"
            size="small"
            icon="download"
            download
          />
        </p>
      ) : (
        ""
      )}
    </ListRegion>
  );
}

function NoPatients({ page, filters, may }: PatientsPageProps): JSX.Element {
  const { t } = page;
  const register = (label: string, look: "primary" | "secondary") =>
    may.register ? <LinkButton href="/patients/new" label={label} look={look} icon="user-plus" /> : "";
  if (!isNarrowed(filters)) {
    return (
      <ListRegion>
        <EmptyState icon="users" title={t.empty.patients} hint={t.empty.patientsHint}>
          {register(t.patients.register, "primary")}
        </EmptyState>
      </ListRegion>
    );
  }
  const onlyDeleted = filters.deleted === true && !filters.search && !filters.status && !filters.sex;
  return (
    <ListRegion>
      <EmptyState
        icon="search"
        title={onlyDeleted ? t.patients.noneDeleted : t.table.noMatch}
        hint={onlyDeleted ? t.patients.noneDeletedHint : t.table.noMatchHint}
      >
        {filters.search ? register(t.patients.registerAnyway, "secondary") : ""}
      </EmptyState>
    </ListRegion>
  );
}
