import { Elysia } from "elysia";
import { PrivacyOverviewPage } from "../../../views/hospital/privacy/overview-page.tsx";
import { ReviewPage } from "../../../views/hospital/privacy/review-page.tsx";
import { ReviewsList, ReviewsPage } from "../../../views/hospital/privacy/reviews-page.tsx";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { authorize, departmentScope, may, staffIdOf } from "../../auth/permissions.ts";
import { refusalOf, refuseInvalid, versionOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html, wantsFragment } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { dayOf } from "../patients/zone-days.ts";
import { reviewInput, reviewsQuery } from "./privacy.input.ts";
import {
  countPendingReviews,
  type GlassBreak,
  getGlassBreak,
  listGlassBreaks,
  reviewGlassBreak,
} from "./reviews.ts";
import { privacyRooms } from "./rooms.ts";
import { forgetWaiting, waitingFor } from "./waiting.ts";

const hidden = { detail: { hide: true } };

/** The reviewer's own part in an opening, and where the audit tells what was looked at since that day. */
function aboutOf(ctx: HospitalContext, review: GlassBreak) {
  const { userId, mrn, brokenAt } = review;
  const from = dayOf(ctx.hospital.timeZone, brokenAt);
  const mayRead = may(ctx.actor, "audit:read") && departmentScope(ctx.actor) === null;
  return {
    review,
    own: userId === staffIdOf(ctx.actor),
    seenHref: mayRead ? `/audit?${new URLSearchParams({ patient: mrn, from })}` : null,
  };
}

/** What waits in privacy, and the reviews of records that were opened in need. */
export const reviewPages = (services: Services) =>
  new Elysia({ prefix: "/privacy" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page }) => {
        const rooms = privacyRooms(ctx.actor);
        if (!rooms.reviews && !rooms.retention) authorize(ctx.actor, "support:decide");
        const waiting = await waitingFor(ctx);
        const overdue = rooms.reviews ? await listGlassBreaks(ctx, { state: "overdue", limit: 100 }) : null;
        return html(
          PrivacyOverviewPage({
            ...{ page, rooms, overdue: overdue?.items.length ?? 0 },
            reviews: rooms.reviews ? await countPendingReviews(ctx) : 0,
            supportRequests: waiting?.supportRequests ?? 0,
          }),
        );
      },
      hidden,
    )
    .get(
      "/reviews",
      async ({ ctx, page, query, request }) => {
        const asked = parseForm(reviewsQuery, query);
        // An address that was typed wrongly shows the list rather than an error.
        const filters = asked.ok ? asked.value : {};
        const { items: reviews, nextCursor } = await listGlassBreaks(ctx, filters);
        const state = filters.state ?? "";
        const here = `/privacy/reviews?state=${state}`;
        const props = {
          ...{ page, reviews, state, rooms: privacyRooms(ctx.actor) },
          firstHref: filters.cursor === undefined ? null : here,
          nextHref: nextCursor === null ? null : `${here}&cursor=${nextCursor}`,
        };
        return html(wantsFragment(request) ? ReviewsList(props) : ReviewsPage(props));
      },
      hidden,
    )
    .get(
      "/reviews/:id",
      async ({ ctx, page, params }) => {
        const review = await getGlassBreak(ctx, params.id);
        return html(ReviewPage({ page, ...aboutOf(ctx, review), form: emptyForm }));
      },
      hidden,
    )
    .post(
      "/reviews/:id",
      async ({ ctx, page, params, body, request }) => {
        const review = await getGlassBreak(ctx, params.id);
        try {
          const input = refuseInvalid(parseForm(reviewInput, body));
          await reviewGlassBreak(ctx, review.id, input, versionOf(body));
          forgetWaiting();
          return goTo(request, "/privacy/reviews", { tone: "success", text: page.t.privacy.reviews.saved });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          return html(ReviewPage({ page, ...aboutOf(ctx, review), ...refused }), status);
        }
      },
      hidden,
    );
