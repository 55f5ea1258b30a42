import type { ServerSummary } from "../../../server/owner/servers/servers.ts";
import { formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Code } from "../../ui/bdi.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

/** Where hospitals' databases are placed. */
export function ServersPage(props: { page: Page; servers: readonly ServerSummary[] }): JSX.Element {
  const { page, servers } = props;
  const { servers: t } = page.t.owner;
  const held = (server: ServerSummary) =>
    server.maxHospitals === null
      ? formatNumber(page, server.hospitals)
      : page.t.table.ofTotal(formatNumber(page, server.hospitals), formatNumber(page, server.maxHospitals));
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead} />
      {servers.length === 0 ? (
        <EmptyState icon="server" title={t.none} hint={t.noneHint} />
      ) : (
        <DataTable
          page={page}
          caption={t.title}
          rows={servers}
          columns={[
            { key: "name", header: t.name, card: "title", text: (server) => server.name },
            { key: "purpose", header: t.purpose, text: (server) => t.purposes[server.purpose] },
            { key: "region", header: t.region, text: (server) => server.region },
            { key: "address", header: t.address, cell: (server) => <Code text={server.address} /> },
            { key: "hospitals", header: t.hospitals, figures: true, text: held },
          ]}
        />
      )}
    </AppLayout>
  );
}
