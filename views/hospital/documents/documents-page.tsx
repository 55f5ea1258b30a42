import type { DocumentsQuery } from "../../../server/hospital/documents/documents.input.ts";
import type { Document } from "../../../server/hospital/documents/documents.ts";
import { formatBytes } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { Filters, ListRegion, Paging } from "../../ui/list.tsx";
import { Ago } from "../../ui/time.tsx";
import { PatientLayout, type PatientLayoutProps } from "../patients/patient-page.tsx";

export type Shell = Omit<PatientLayoutProps, "tab">;

interface DocumentsProps extends Shell {
  readonly documents: readonly Document[];
  readonly filters: DocumentsQuery;
  readonly nextCursor: string | null;
  readonly mayEdit: boolean;
  /** One that was deleted just now: it can be brought back here. */
  readonly removed: Document | null;
}

/** A patient's documents, the newest first. */
export function DocumentsPage(props: DocumentsProps): JSX.Element {
  const { page, patient, filters, removed } = props;
  const { documents: t } = page.t;
  const at = `/patients/${patient.id}/documents`;
  const add = props.mayEdit ? (
    <LinkButton href={`${at}/new`} label={t.add} look="primary" icon="file-up" />
  ) : (
    ""
  );
  const filtered = Boolean(filters.kind || filters.search || filters.deleted);
  const nothing = props.documents.length === 0 && !filtered && filters.cursor === undefined;
  return (
    <PatientLayout {...props} tab="documents">
      {removed === null ? "" : <Removed page={page} document={removed} mayEdit={props.mayEdit} />}
      {nothing && removed === null ? (
        <EmptyState icon="file-text" title={t.empty} hint={t.emptyHint}>
          {add}
        </EmptyState>
      ) : (
        <>
          <Filters
            page={page}
            action={at}
            search={{ value: filters.search ?? "", label: t.search }}
            selects={[
              {
                ...{ name: "kind", label: t.kind, value: filters.kind ?? "" },
                options: Object.entries(t.kinds).map(([value, label]) => ({ value, label })),
              },
              {
                ...{ name: "deleted", label: t.showing, value: filters.deleted === true ? "true" : "" },
                ...{ allLabel: t.current, options: [{ value: "true", label: t.deletedOnes }] },
              },
            ]}
            active={filtered}
          >
            {add}
          </Filters>
          <Listed {...props} at={at} />
        </>
      )}
    </PatientLayout>
  );
}

/** What a search or a filter replaces. */
function Listed(props: DocumentsProps & { at: string }): JSX.Element {
  const { page, documents, filters, at } = props;
  const { documents: t, table } = page.t;
  if (documents.length === 0) {
    const none = filters.deleted === true && !filters.kind && !filters.search;
    return (
      <ListRegion>
        <EmptyState
          icon={none ? "trash-2" : "search"}
          title={none ? t.noneDeleted : table.noMatch}
          hint={none ? t.noneDeletedHint : table.noMatchHint}
        />
      </ListRegion>
    );
  }
  return (
    <ListRegion>
      <DataTable
        page={page}
        caption={t.title}
        columns={columnsOf(page)}
        rows={documents}
        href={({ id }) => `${at}/${id}`}
        faint={({ deletedAt }) => deletedAt !== null}
      />
      <Paging
        page={page}
        shown={documents.length}
        firstHref={filters.cursor === undefined ? null : hrefOf(at, filters, null)}
        nextHref={props.nextCursor === null ? null : hrefOf(at, filters, props.nextCursor)}
      />
    </ListRegion>
  );
}

function columnsOf(page: Page): readonly Column<Document>[] {
  const { documents: t } = page.t;
  return [
    { key: "title", header: t.titleField, card: "title", text: ({ title }) => title },
    { key: "kind", header: t.kind, card: "plain", text: ({ kind }) => t.kinds[kind] },
    { key: "type", header: t.type, card: "plain", minor: true, text: ({ mediaType }) => t.types[mediaType] },
    { key: "size", header: t.size, figures: true, text: ({ bytes }) => formatBytes(page, bytes) },
    { key: "by", header: t.addedBy, text: ({ createdByName }) => createdByName },
    { key: "at", header: t.addedAt, cell: ({ createdAt }) => <Ago page={page} at={createdAt} /> },
  ];
}

function hrefOf(at: string, { kind, search, deleted }: DocumentsQuery, cursor: string | null): string {
  const query = new URLSearchParams();
  const parts = { kind, search, deleted: deleted === true ? "true" : "", cursor: cursor ?? "" };
  for (const [name, value] of Object.entries(parts)) if (value) query.set(name, value);
  return query.size === 0 ? at : `${at}?${query}`;
}

function Removed(props: { page: Page; document: Document; mayEdit: boolean }): JSX.Element {
  const { page, document } = props;
  const { documents: t } = page.t;
  return (
    <Banner tone="info" icon="trash-2" title={t.removed(document.title)}>
      {props.mayEdit ? <BringBack page={page} document={document} /> : ""}
    </Banner>
  );
}

/** Undoes a deletion. */
export function BringBack({ page, document }: { page: Page; document: Document }): JSX.Element {
  const at = `/patients/${document.patientId}/documents/${document.id}/restoration`;
  return (
    <form method="post" action={at} data-hold>
      <CsrfField page={page} />
      <Button label={page.t.documents.undo} icon="undo-2" size="small" />
    </form>
  );
}
