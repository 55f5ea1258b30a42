import type { GlassBreak } from "../../../server/hospital/privacy/reviews.ts";
import type { Page, Tone } from "../../page.ts";
import { recordedRoleLabel } from "../../standard-names.ts";
import { Mrn } from "../../ui/bdi.tsx";
import { Chip } from "../../ui/chip.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Filters, ListRegion, Paging } from "../../ui/list.tsx";
import { Ago } from "../../ui/time.tsx";
import { PrivacyLayout, type PrivacyRooms } from "./privacy-tabs.tsx";

const states = ["pending", "overdue", "justified", "not-justified"] as const;

export interface ReviewsPageProps {
  readonly page: Page;
  readonly rooms: PrivacyRooms;
  readonly state: string;
  readonly reviews: readonly GlassBreak[];
  readonly firstHref: string | null;
  readonly nextHref: string | null;
}

/** Restricted records that were opened for a reason: the queue of those who review them. */
export function ReviewsPage(props: ReviewsPageProps): JSX.Element {
  const { page, state } = props;
  const { reviews: t } = page.t.privacy;
  return (
    <PrivacyLayout page={page} room="reviews" rooms={props.rooms} title={t.title}>
      <Filters
        page={page}
        action="/privacy/reviews"
        active={state !== ""}
        selects={[
          {
            ...{ name: "state", label: t.state, value: state },
            options: states.map((value) => ({ value, label: t.states[value] })),
          },
        ]}
      />
      <ReviewsList {...props} />
    </PrivacyLayout>
  );
}

/** The part that a filter replaces. */
export function ReviewsList(props: ReviewsPageProps): JSX.Element {
  const { page, reviews } = props;
  const { reviews: t, glass } = page.t.privacy;
  return (
    <ListRegion>
      {reviews.length === 0 ? (
        <EmptyState icon="shield-check" title={t.empty} hint={t.emptyHint} />
      ) : (
        <DataTable
          page={page}
          caption={t.title}
          rows={reviews}
          href={({ id }) => `/privacy/reviews/${id}`}
          columns={[
            { key: "who", header: t.who, card: "title", text: ({ userName }) => userName },
            {
              key: "role",
              header: t.role,
              minor: true,
              text: ({ roleName }) => recordedRoleLabel(page, roleName),
            },
            { key: "record", header: t.record, cell: ({ mrn }) => <Mrn mrn={mrn} /> },
            { key: "reason", header: t.reason, text: ({ reason }) => glass.reasons[reason] },
            { key: "when", header: t.when, cell: ({ brokenAt }) => <Ago page={page} at={brokenAt} /> },
            {
              key: "state",
              header: t.state,
              card: "status",
              cell: (review) => <Verdict page={page} review={review} />,
            },
          ]}
        />
      )}
      <Paging page={page} shown={reviews.length} firstHref={props.firstHref} nextHref={props.nextHref} />
    </ListRegion>
  );
}

const tones: Readonly<Record<(typeof states)[number], Tone>> = {
  pending: "warning",
  overdue: "danger",
  justified: "success",
  "not-justified": "danger",
};

/** What was thought of an opening. */
export function Verdict(props: { page: Page; review: Pick<GlassBreak, "verdict" | "overdue"> }): JSX.Element {
  const { verdict, overdue } = props.review;
  const state = overdue ? "overdue" : verdict;
  return <Chip tone={tones[state]} label={props.page.t.privacy.reviews.states[state]} />;
}
