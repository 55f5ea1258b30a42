import type { Children } from "@kitajs/html";
import type { Page } from "../page.ts";
import { DrawnOnce } from "./drawn-once.ts";
import { Icon } from "./icon.tsx";

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  /** Plain text of the cell; escaped. */
  readonly text?: (row: Row) => string;
  /** Markup of the cell, where plain text will not do. Escape what came from outside (`safe`, Bdi, Code). */
  readonly cell?: (row: Row) => Children;
  /** Figures stand at the end edge. */
  readonly figures?: boolean;
  /** Where a click on the header leads, and how the column is sorted now. */
  readonly sort?: { readonly href: string; readonly direction: "ascending" | "descending" | null };
  /**
   * On a phone's card: `title` heads it, `status` stands beside the title, `plain` values follow each other
   * without their headers (age, MRN), `hidden` is left out, else a labelled line.
   */
  readonly card?: "title" | "status" | "plain" | "line" | "hidden";
  /** Left out where the table is narrow, yet still a table. */
  readonly minor?: boolean;
  /** Keep the header for screen readers only: a column of buttons, which stand at the end edge. */
  readonly headerHidden?: boolean;
}

export interface DataTableProps<Row> {
  readonly page: Pick<Page, "t">;
  /** What the table holds, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** The page a row opens; the whole row is its link. The first `title` column (else the first) carries it. */
  readonly href?: (row: Row) => string;
  readonly rowId?: (row: Row) => string;
  /** A row that is out of use: shown fainter. */
  readonly faint?: (row: Row) => boolean;
  /**
   * For lists opened all day: all that a row's markup is made of, as one text. A row made of the same is not
   * drawn again within the minute. What is left out here may show another row's markup, so leave nothing out.
   */
  readonly madeOf?: (row: Row) => string;
}

/** Rows drawn within this minute. */
const rows = new DrawnOnce(4_000);

/** A worklist: dense rows, sticky header, whole-row links, cards on phones. Its empty state is the caller's. */
export function DataTable<Row>(props: DataTableProps<Row>): JSX.Element {
  const titleColumn = props.columns.find((column) => column.card === "title") ?? props.columns[0];
  const looks = props.columns.map((column) => cellLook(column, column === titleColumn));
  return (
    <div class="table-wrap">
      <table class={["table data-table", props.href !== undefined && "data-table-open"]} data-rows>
        <caption class="sr-only" safe>
          {props.caption}
        </caption>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <HeaderCell page={props.page} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>{props.rows.map((row) => bodyRow(props, looks, row))}</tbody>
      </table>
    </div>
  );
}

function bodyRow<Row>(props: DataTableProps<Row>, looks: readonly CellLook<Row>[], row: Row): JSX.Element {
  const draw = () => (
    <tr id={props.rowId?.(row)} class={props.faint?.(row) === true ? "row-faint" : undefined}>
      {looks.map((look) => bodyCell(look, row, look.opens ? props.href?.(row) : undefined))}
    </tr>
  );
  return props.madeOf === undefined ? draw() : rows.draw(props.madeOf(row), draw);
}

function HeaderCell<Row>(props: { page: Pick<Page, "t">; column: Column<Row> }): JSX.Element {
  const { column } = props;
  const end = [column.figures === true && "figures", column.minor === true && "col-minor"];
  if (column.sort === undefined) {
    return (
      <th scope="col" class={end}>
        <span class={column.headerHidden === true ? "sr-only" : undefined} safe>
          {column.header}
        </span>
      </th>
    );
  }
  const { direction, href } = column.sort;
  const icon =
    direction === "ascending" ? "arrow-up" : direction === "descending" ? "arrow-down" : "arrow-up-down";
  return (
    <th scope="col" class={end} aria-sort={direction ?? "none"}>
      <a class="sort-link" href={href} title={props.page.t.table.sortBy(column.header)}>
        <span safe>{column.header}</span>
        <Icon name={icon} />
      </a>
    </th>
  );
}

/** What the cells of one column share, worked out once for the table. */
interface CellLook<Row> {
  readonly column: Column<Row>;
  readonly class: string | undefined;
  readonly label: string | undefined;
  /** The column that carries the row's link. */
  readonly opens: boolean;
}

function cellLook<Row>(column: Column<Row>, opens: boolean): CellLook<Row> {
  const { card = "line" } = column;
  const classes = [
    column.figures === true && "figures",
    card !== "line" && `card-${card}`,
    column.minor === true && "col-minor",
    column.headerHidden === true && "col-acts",
  ].filter((one) => one !== false);
  return {
    column,
    class: classes.length === 0 ? undefined : classes.join(" "),
    // Only a card's labelled line says its header; what no rule asks for is not sent with each row.
    label: column.headerHidden === true || card !== "line" ? undefined : column.header,
    opens,
  };
}

function bodyCell<Row>(
  { column, class: classes, label, opens }: CellLook<Row>,
  row: Row,
  href: string | undefined,
): JSX.Element {
  return (
    <td class={classes} data-label={label}>
      {opens && href !== undefined ? (
        <a class="row-link" href={href}>
          {contentOf(column, row)}
        </a>
      ) : (
        contentOf(column, row)
      )}
    </td>
  );
}

function contentOf<Row>(column: Column<Row>, row: Row): Children {
  if (column.cell !== undefined) return column.cell(row);
  const text = column.text?.(row) ?? "";
  return text === "" ? "" : <bdi safe>{text}</bdi>;
}
