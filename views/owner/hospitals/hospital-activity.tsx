import type { TenantEvent } from "../../../server/owner/tenants/tenant-activity.ts";
import type { Page } from "../../page.ts";
import { DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Ago } from "../../ui/time.tsx";

/** What operators and the product did with this hospital, the newest first. */
export function HospitalActivity(props: { page: Page; events: readonly TenantEvent[] }): JSX.Element {
  const { page, events } = props;
  const { activity: t } = page.t.owner;
  const words: Readonly<Record<string, string>> = t.events;
  return (
    <Panel title={t.title} flush>
      {events.length === 0 ? (
        <p class="faint" safe>
          {t.none}
        </p>
      ) : (
        <DataTable
          page={page}
          caption={t.title}
          rows={events}
          columns={[
            {
              key: "what",
              header: t.what,
              card: "title",
              text: (event) => [words[event.event] ?? event.event, event.reason].filter(Boolean).join(": "),
            },
            { key: "who", header: t.who, text: (event) => event.actorName },
            { key: "when", header: t.when, cell: (event) => <Ago page={page} at={event.at} /> },
          ]}
        />
      )}
    </Panel>
  );
}
