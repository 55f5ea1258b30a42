import type { ClinicalEntries, ClinicalTab as TabKey } from "../../../server/hospital/clinical/tabs.ts";
import type { Place } from "../../format.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import type { IconName } from "../../ui/icons.ts";
import { ListRegion, Paging } from "../../ui/list.tsx";
import { wasMistake } from "./entry-state.tsx";
import { medicationColumns } from "./medications.tsx";
import { Results, Vitals } from "./results.tsx";
import {
  allergyColumns,
  immunizationColumns,
  problemColumns,
  procedureColumns,
  visitColumns,
} from "./tables.tsx";

/** The icon of each room of the record. */
export const clinicalIcons: Readonly<Record<TabKey, IconName>> = {
  visits: "calendar",
  problems: "clipboard-list",
  results: "flask-conical",
  medications: "pill",
  allergies: "octagon-alert",
  immunizations: "syringe",
  procedures: "stethoscope",
};

interface ClinicalTabProps {
  readonly page: Place;
  readonly shown: ClinicalEntries;
  /** The address of this tab, without a cursor. */
  readonly href: string;
  /** Whether this is a later page of it. */
  readonly further: boolean;
}

/** One room of a patient's record: its entries, the latest first, and the way to the next ones. */
export function ClinicalTab(props: ClinicalTabProps): JSX.Element {
  const { page, shown, href } = props;
  const { items, nextCursor } = shown.entries;
  if (items.length === 0 && !props.further) return <NothingRecorded page={page} tab={shown.tab} />;
  return (
    <ListRegion>
      {shown.tab === "results" ? <Vitals page={page} vitals={shown.vitals} /> : ""}
      <Entries page={page} shown={shown} />
      <Paging
        page={page}
        shown={items.length}
        firstHref={props.further ? href : null}
        nextHref={nextCursor === null ? null : `${href}?cursor=${encodeURIComponent(nextCursor)}`}
      />
    </ListRegion>
  );
}

function NothingRecorded(props: { page: Place; tab: TabKey }): JSX.Element {
  const { t } = props.page;
  return (
    <EmptyState
      icon={clinicalIcons[props.tab]}
      title={t.clinical.empty[props.tab]}
      hint={props.tab === "allergies" ? t.clinical.allergiesHint : t.empty.recordsHint}
    />
  );
}

function Entries(props: { page: Place; shown: ClinicalEntries }): JSX.Element {
  const { page, shown } = props;
  switch (shown.tab) {
    case "visits":
      return <Table page={page} tab={shown.tab} columns={visitColumns(page)} rows={shown.entries.items} />;
    case "problems":
      return <Table page={page} tab={shown.tab} columns={problemColumns(page)} rows={shown.entries.items} />;
    case "results":
      return <Results page={page} observations={shown.entries.items} />;
    case "medications":
      return (
        <Table page={page} tab={shown.tab} columns={medicationColumns(page)} rows={shown.entries.items} />
      );
    case "allergies":
      return <Table page={page} tab={shown.tab} columns={allergyColumns(page)} rows={shown.entries.items} />;
    case "immunizations":
      return (
        <Table page={page} tab={shown.tab} columns={immunizationColumns(page)} rows={shown.entries.items} />
      );
    case "procedures":
      return (
        <Table page={page} tab={shown.tab} columns={procedureColumns(page)} rows={shown.entries.items} />
      );
  }
}

function Table<Row extends { readonly status?: string; readonly verificationStatus?: string | null }>(props: {
  page: Place;
  tab: TabKey;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
}): JSX.Element {
  const caption = props.page.t.clinical.tabs[props.tab];
  return (
    <DataTable
      page={props.page}
      caption={caption}
      columns={props.columns}
      rows={props.rows}
      faint={wasMistake}
    />
  );
}
