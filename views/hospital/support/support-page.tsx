import type { SupportGrant } from "../../../server/hospital/support/support.ts";
import type { Page, Tone } from "../../page.ts";
import { Chip } from "../../ui/chip.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ListRegion } from "../../ui/list.tsx";
import { Ago } from "../../ui/time.tsx";
import { PrivacyLayout, type PrivacyRooms } from "../privacy/privacy-tabs.tsx";

/** Who of support asked to come in, and what became of it. */
export function SupportPage(props: {
  page: Page;
  rooms: PrivacyRooms;
  grants: readonly SupportGrant[];
}): JSX.Element {
  const { page, grants } = props;
  const { support: t } = page.t.privacy;
  return (
    <PrivacyLayout page={page} room="support" rooms={props.rooms} title={t.title} lead={t.lead}>
      <ListRegion>
        {grants.length === 0 ? (
          <EmptyState icon="shield-check" title={t.empty} hint={t.emptyHint} />
        ) : (
          <DataTable
            page={page}
            caption={t.title}
            rows={grants}
            href={({ id }) => `/privacy/support/${id}`}
            columns={[
              { key: "who", header: t.who, card: "title", text: ({ operatorName }) => operatorName },
              { key: "reason", header: t.reason, text: ({ reason }) => reason },
              { key: "asked", header: t.asked, cell: ({ askedAt }) => <Ago page={page} at={askedAt} /> },
              { key: "for", header: t.forMinutes, text: ({ minutesAsked }) => t.minutes(minutesAsked) },
              {
                key: "status",
                header: t.status,
                card: "status",
                cell: ({ status }) => <SupportState page={page} status={status} />,
              },
            ]}
          />
        )}
      </ListRegion>
    </PrivacyLayout>
  );
}

const tones: Readonly<Record<SupportGrant["status"], Tone>> = {
  waiting: "warning",
  accepted: "info",
  refused: "neutral",
  ended: "neutral",
};

/** What became of a request of support. */
export function SupportState(props: { page: Pick<Page, "t">; status: SupportGrant["status"] }): JSX.Element {
  return <Chip tone={tones[props.status]} label={props.page.t.privacy.support.states[props.status]} />;
}
