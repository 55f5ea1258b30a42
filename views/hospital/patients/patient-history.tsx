import type { PatientEvent } from "../../../server/hospital/patients/patient-history.ts";
import type { Page } from "../../page.ts";
import { Bdi } from "../../ui/bdi.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ListRegion, Paging } from "../../ui/list.tsx";
import { Instant } from "../../ui/time.tsx";
import { PatientLayout, type PatientLayoutProps } from "./patient-page.tsx";

interface HistoryProps extends Omit<PatientLayoutProps, "tab"> {
  readonly events: readonly PatientEvent[];
  readonly firstHref: string | null;
  readonly nextHref: string | null;
}

/** Who did what to this record. */
export function PatientHistory(props: HistoryProps): JSX.Element {
  const { page, events } = props;
  const { t } = page;
  return (
    <PatientLayout {...props} tab="history">
      {events.length === 0 ? (
        <EmptyState icon="history" title={t.patients.historyEmpty} hint={t.patients.historyEmptyHint} />
      ) : (
        <ListRegion>
          <DataTable
            page={page}
            caption={t.patients.tabs.history}
            rows={events}
            columns={[
              {
                key: "when",
                header: t.patients.when,
                card: "title",
                cell: (event) => <Instant page={page} at={event.at} />,
              },
              { key: "who", header: t.patients.by, text: (event) => event.actorName },
              {
                key: "what",
                header: t.patients.what,
                cell: (event) => <What page={page} event={event} />,
              },
            ]}
          />
          <Paging page={page} shown={events.length} firstHref={props.firstHref} nextHref={props.nextHref} />
        </ListRegion>
      )}
    </PatientLayout>
  );
}

function What({ page, event }: { page: Page; event: PatientEvent }): JSX.Element {
  const { t } = page;
  const words: Readonly<Record<string, string>> = t.patients.events;
  const fields: Readonly<Record<string, string>> = t.patients.fields;
  const changed = event.fields.map((field) => fields[field] ?? field).join(", ");
  return (
    <>
      <span safe>{words[event.event] ?? event.event}</span>
      {changed === "" ? (
        ""
      ) : (
        <small class="faint">
          {" "}
          · <Bdi text={t.patients.changedFields(changed)} />
        </small>
      )}
      {event.reason === null ? (
        ""
      ) : (
        <small class="faint">
          {" "}
          · <Bdi text={t.patients.deletedReason(event.reason)} />
        </small>
      )}
    </>
  );
}
