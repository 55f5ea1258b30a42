import type { AuditRow } from "../../server/audit/list.ts";
import type { Page } from "../page.ts";
import { Bdi } from "../ui/bdi.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Icon } from "../ui/icon.tsx";
import { Instant } from "../ui/time.tsx";
import { actorWords, detailWords, eventWords } from "./audit-words.ts";

export interface AuditTableProps<Row extends AuditRow> {
  readonly page: Page;
  readonly caption: string;
  readonly rows: readonly Row[];
  /** What a row concerns; left out where all rows concern the same. */
  readonly concerns?: { readonly header: string; readonly cell: (row: Row) => JSX.Element };
}

/** Rows of an audit. */
export function AuditTable<Row extends AuditRow>(props: AuditTableProps<Row>): JSX.Element {
  const { page, concerns } = props;
  const { audit } = page.t;
  const columns: Column<Row>[] = [
    { key: "when", header: audit.when, cell: (row) => <Instant page={page} at={row.at} /> },
    { key: "what", header: audit.what, card: "title", cell: (row) => <What page={page} row={row} /> },
    { key: "who", header: audit.who, cell: (row) => <Who page={page} row={row} /> },
    ...(concerns === undefined
      ? []
      : [{ key: "concerns", header: concerns.header, cell: concerns.cell } satisfies Column<Row>]),
    { key: "where", header: audit.where, minor: true, text: (row) => row.address ?? "" },
  ];
  return <DataTable page={page} caption={props.caption} rows={props.rows} columns={columns} />;
}

function What({ page, row }: { page: Page; row: AuditRow }): JSX.Element {
  const { about, act } = eventWords(page.t, row.event);
  const further = [detailWords(page.t, row), row.reason ?? ""].filter((text) => text !== "").join(" · ");
  return (
    <span class="with-icon" title={row.event}>
      <Icon name={row.read ? "eye" : "pencil"} />
      <span>
        <span safe>{`${about}: ${act}`}</span>
        {further === "" ? (
          ""
        ) : (
          <small class="faint">
            {" "}
            · <Bdi text={further} />
          </small>
        )}
      </span>
    </span>
  );
}

function Who({ page, row }: { page: Page; row: AuditRow }): JSX.Element {
  const { name, kind } = actorWords(page.t, row);
  return (
    <span>
      <Bdi text={name} />
      {kind === "" ? (
        ""
      ) : (
        <small class="faint">
          {" "}
          · <Bdi text={kind} />
        </small>
      )}
    </span>
  );
}
