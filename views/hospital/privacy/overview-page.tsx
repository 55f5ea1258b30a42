import { formatNumber } from "../../format.ts";
import type { Page } from "../../page.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Stat, Stats } from "../../ui/stat.tsx";
import { PrivacyLayout, type PrivacyRooms } from "./privacy-tabs.tsx";

/** What of the records' privacy needs somebody now. */
export function PrivacyOverviewPage(props: {
  page: Page;
  rooms: PrivacyRooms;
  reviews: number;
  overdue: number;
  supportRequests: number;
}): JSX.Element {
  const { page, rooms } = props;
  const { privacy: t } = page.t;
  const idle = props.reviews + props.supportRequests === 0;
  return (
    <PrivacyLayout page={page} room="overview" rooms={rooms} title={t.title} lead={t.lead}>
      <Stats>
        {rooms.reviews ? (
          <Stat
            label={t.overview.reviews}
            icon="eye"
            href="/privacy/reviews?state=pending"
            value={formatNumber(page, props.reviews)}
            {...(props.overdue === 0
              ? {}
              : { note: t.overview.overdue(props.overdue), tone: "danger" as const })}
          />
        ) : (
          ""
        )}
        {rooms.support ? (
          <Stat
            label={t.overview.support}
            icon="log-in"
            href="/privacy/support"
            value={formatNumber(page, props.supportRequests)}
          />
        ) : (
          ""
        )}
      </Stats>
      {idle ? <EmptyState icon="shield-check" title={t.overview.nothing} hint={t.lead} /> : ""}
    </PrivacyLayout>
  );
}
