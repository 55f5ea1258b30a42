import type { Replaced } from "../../../server/bridge/restore-unsent.ts";
import type { VerifyReport } from "../../../server/sync/report.ts";
import { formatInstant, formatNumber } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";

/** What a proof found, table by table; those that differ come first. */
export function ProofTable({ page, proof }: { page: Page; proof: VerifyReport }): JSX.Element {
  const { copying: t } = page.t;
  const { databases: words } = page.t.owner;
  if (proof.outcome !== "verified")
    return <Banner tone="warning" title={words.notCompared} text={proof.parked?.reason ?? ""} live />;
  const tables = proof.tables.toSorted((a, b) => Number(a.equal) - Number(b.equal));
  return (
    <Panel title={t.proofTitle}>
      <Banner
        tone={proof.equal ? "success" : "danger"}
        title={proof.equal ? words.proved(tables.length) : words.differs}
        live
      />
      <DataTable
        page={page}
        caption={t.proofTitle}
        rows={tables}
        columns={[
          { key: "table", header: words.table, card: "title", text: ({ table }) => table },
          {
            ...{ key: "here", header: words.rowsHere, figures: true },
            text: ({ primaryRows }) => formatNumber(page, primaryRows),
          },
          {
            ...{ key: "online", header: words.rowsOnline, figures: true },
            text: ({ copyRows }) => (copyRows === null ? "–" : formatNumber(page, copyRows)),
          },
          {
            ...{ key: "equal", header: t.proof, card: "status" },
            text: ({ equal }) => (equal ? words.equal : words.unequal),
          },
        ]}
      />
    </Panel>
  );
}

/** Databases that a restore has put another one in the place of. */
export function ReplacedTable(props: { page: Page; replaced: readonly Replaced[] }): JSX.Element {
  const { page, replaced } = props;
  const { copying: t } = page.t;
  return (
    <Panel title={t.replaced}>
      <DataTable
        page={page}
        caption={t.replaced}
        rows={replaced}
        columns={[
          {
            ...{ key: "database", header: t.server, card: "title" },
            text: ({ server, database }) => `${server} · ${database}`,
          },
          {
            ...{ key: "at", header: t.replacedAt },
            text: ({ replacedAt }) => formatInstant(page, replacedAt),
          },
          {
            ...{ key: "unsent", header: t.unsent, figures: true },
            text: ({ unsent }) => (unsent === null ? t.away : t.rows(unsent)),
          },
        ]}
      />
    </Panel>
  );
}
