import type { PatientListItem } from "../../../server/hospital/patients/patients-list.ts";
import { formatDate } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Code, Mrn } from "../../ui/bdi.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Ago } from "../../ui/time.tsx";
import { ageAndSex, patientName } from "./patient-words.ts";
import { type PatientFilters, patientsHref } from "./patients-query.ts";

/** A row a patient; the row opens the record. */
export function PatientsTable(props: {
  page: Page;
  patients: readonly PatientListItem[];
  /** Where the columns can be sorted by: the filters that stay. */
  filters?: PatientFilters;
}): JSX.Element {
  const { page, filters } = props;
  return (
    <DataTable
      page={page}
      caption={page.t.patients.title}
      columns={columnsOf(page, filters)}
      rows={props.patients}
      href={(patient) => `/patients/${patient.id}`}
      madeOf={(patient) => madeOf(page, patient)}
      faint={(patient) => patient.deletedAt !== null || patient.status !== "active"}
    />
  );
}

/** All that a row shows, and the day and language it is shown in. */
function madeOf(page: Page, patient: PatientListItem): string {
  const { id, mrn, firstName, middleName, lastName, sex, bornOn, bornOnEstimated, status, phone, withheld } =
    patient;
  const times = `${patient.createdAt.getTime()}|${patient.deletedAt?.getTime()}|${Math.floor(page.now.getTime() / 60_000)}`;
  return `${page.lang}|${page.zone}|${times}|${id}|${mrn}|${sex}|${bornOn}|${bornOnEstimated}|${status}|${withheld}|${patient.restricted}|${JSON.stringify([firstName, middleName, lastName, phone])}`;
}

function columnsOf(page: Page, filters: PatientFilters | undefined): readonly Column<PatientListItem>[] {
  const { t } = page;
  return [
    {
      key: "name",
      header: t.patients.name,
      card: "title",
      ...sortOf(filters, "name"),
      text: (patient) =>
        patient.withheld === true ? t.states.restricted : (patientName(patient) ?? t.person.unknownName),
    },
    {
      key: "mrn",
      header: t.person.mrn,
      ...sortOf(filters, "mrn"),
      cell: (patient) => <Mrn mrn={patient.mrn} />,
    },
    {
      key: "age",
      header: t.patients.ageAndSex,
      text: (patient) => (patient.withheld === true ? "" : ageAndSex(page, patient)),
    },
    {
      key: "born",
      header: t.patients.bornOn,
      card: "hidden",
      ...sortOf(filters, "born"),
      text: (patient) => (patient.bornOn === null ? "" : formatDate(page, patient.bornOn)),
    },
    {
      key: "phone",
      header: t.patients.fields.phone,
      cell: (patient) => (patient.phone === null ? "" : <Code text={patient.phone} />),
    },
    {
      key: "registered",
      header: t.patients.registered,
      card: "hidden",
      cell: (patient) => <Ago page={page} at={patient.createdAt} />,
    },
    {
      key: "status",
      header: t.patients.status,
      cell: (patient) => <StatusChip page={page} state={stateOf(patient)} />,
    },
  ];
}

function stateOf(patient: PatientListItem) {
  if (patient.deletedAt !== null) return "deleted";
  return patient.restricted ? "restricted" : patient.status;
}

function sortOf(filters: PatientFilters | undefined, sort: "name" | "mrn" | "born") {
  if (filters === undefined) return {};
  const current = filters.sort === sort;
  const descending = current && filters.order === "desc";
  const order = current && !descending ? ("desc" as const) : undefined;
  return {
    sort: {
      href: patientsHref(filters, { sort, order, cursor: undefined }),
      direction: current ? (descending ? ("descending" as const) : ("ascending" as const)) : null,
    },
  };
}
