import { Elysia } from "elysia";
import { BreakGlassPage } from "../../../views/hospital/privacy/break-glass-page.tsx";
import { PrivacyOverviewPage } from "../../../views/hospital/privacy/overview-page.tsx";
import {
  PatientPrivacyPage,
  type PatientPrivacyProps,
} from "../../../views/hospital/privacy/patient-privacy-page.tsx";
import { ReviewPage } from "../../../views/hospital/privacy/review-page.tsx";
import { ReviewsList, ReviewsPage } from "../../../views/hospital/privacy/reviews-page.tsx";
import type { Page } from "../../../views/page.ts";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { authorize, may, staffIdOf } from "../../auth/permissions.ts";
import { AppError } from "../../errors.ts";
import { refusalOf, refuseInvalid, valuesOf, versionOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html, safeReturn, wantsFragment } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { dayOf, startOfDay } from "../patients/zone-days.ts";
import { liftLegalHold, placeLegalHold, readLegalHold } from "../retention/legal-holds.ts";
import { breakGlass, closeGlass, readGlass } from "./break-glass.ts";
import { accessInput, breakInput, restrictInput, reviewInput, reviewsQuery } from "./privacy.input.ts";
import {
  grantAccess,
  liftRestriction,
  nameableFor,
  readPrivacy,
  restrictPatient,
  revokeAccess,
} from "./restrictions.ts";
import { countPendingReviews, getGlassBreak, listGlassBreaks, reviewGlassBreak } from "./reviews.ts";
import { privacyRooms } from "./rooms.ts";
import { forgetWaiting, waitingFor } from "./waiting.ts";

const hidden = { detail: { hide: true } };

/** Restricting a record, opening one in need, and reviewing who did. */
export const privacyPages = (services: Services) =>
  new Elysia().use(patientPrivacyPages(services)).use(reviewPages(services));

const reviewPages = (services: Services) =>
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
        const own = review.userId === staffIdOf(ctx.actor);
        return html(ReviewPage({ page, review, own, form: emptyForm }));
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
          const own = review.userId === staffIdOf(ctx.actor);
          return html(ReviewPage({ page, review, own, ...refused }), status);
        }
      },
      hidden,
    );

const patientPrivacyPages = (services: Services) =>
  new Elysia({ prefix: "/patients/:id" })
    .use(hospitalPages(services))
    .get(
      "/emergency-access",
      async ({ ctx, page, params, query, request }) => {
        const { open, ...asked } = await readGlass(ctx, params.id);
        const returnTo = safeReturn(query["returnTo"] ?? `/patients/${asked.patientId}`);
        if (open) return goTo(request, returnTo);
        return html(BreakGlassPage({ page, ...asked, form: { values: { returnTo }, errors: [] } }));
      },
      hidden,
    )
    .post(
      "/emergency-access",
      async ({ ctx, page, params, body, request }) => {
        const { open: _, ...asked } = await readGlass(ctx, params.id);
        const back = valuesOf(body)["returnTo"];
        const at = back ? safeReturn(back) : `/patients/${asked.patientId}`;
        try {
          const { isNew } = await breakGlass(
            ctx,
            asked.patientId,
            refuseInvalid(parseForm(breakInput, body)),
          );
          forgetWaiting();
          return goTo(
            request,
            at,
            isNew ? { tone: "warning", text: page.t.privacy.glass.opened } : undefined,
          );
        } catch (error) {
          if (error instanceof AppError && error.code === "glass.not-needed") return goTo(request, at);
          const { status, ...refused } = refusalOf(page, body, error);
          return html(BreakGlassPage({ page, ...asked, ...refused }), status);
        }
      },
      hidden,
    )
    .post(
      "/emergency-access/end",
      async ({ ctx, page, params, request }) => {
        await closeGlass(ctx, params.id);
        return goTo(request, "/patients", { tone: "success", text: page.t.privacy.glass.closed });
      },
      hidden,
    )
    .get(
      "/privacy",
      async ({ ctx, page, params }) => html(PatientPrivacyPage(await propsOf(ctx, page, params.id))),
      hidden,
    )
    .post(
      "/restriction",
      ({ ctx, page, params, body, request }) =>
        change(ctx, page, params.id, body, request, "restriction", async () => {
          const { reason } = refuseInvalid(parseForm(restrictInput, body));
          await restrictPatient(ctx, params.id, reason);
          return page.t.privacy.restriction.restricted;
        }),
      hidden,
    )
    .post(
      "/restriction/end",
      ({ ctx, page, params, body, request }) =>
        change(ctx, page, params.id, body, request, "restriction", async () => {
          const { reason } = refuseInvalid(parseForm(restrictInput, body));
          await liftRestriction(ctx, params.id, reason);
          return page.t.privacy.restriction.lifted;
        }),
      hidden,
    )
    .post(
      "/access",
      ({ ctx, page, params, body, request }) =>
        change(ctx, page, params.id, body, request, "access", async () => {
          const { until, ...who } = valuesOf(body);
          const day = until?.trim() ? { until: endOfDay(ctx, until.trim()) } : {};
          await grantAccess(ctx, params.id, refuseInvalid(parseForm(accessInput, { ...who, ...day })));
          return page.t.privacy.restriction.added;
        }),
      hidden,
    )
    .post(
      "/access/:accessId/end",
      ({ ctx, page, params, body, request }) =>
        change(ctx, page, params.id, body, request, "access", async () => {
          await revokeAccess(ctx, params.id, params.accessId);
          return page.t.privacy.restriction.removed;
        }),
      hidden,
    )
    .post(
      "/legal-hold",
      ({ ctx, page, params, body, request }) =>
        change(ctx, page, params.id, body, request, "hold", async () => {
          const { reason } = refuseInvalid(parseForm(restrictInput, body));
          await placeLegalHold(ctx, params.id, reason);
          return page.t.privacy.restriction.holdPlaced;
        }),
      hidden,
    )
    .post(
      "/legal-hold/end",
      ({ ctx, page, params, body, request }) =>
        change(ctx, page, params.id, body, request, "hold", async () => {
          await liftLegalHold(ctx, params.id);
          return page.t.privacy.restriction.holdLifted;
        }),
      hidden,
    );

/** A day that is picked counts to its end, in the hospital's zone. What is no day is left for the rule to refuse. */
function endOfDay({ hospital }: HospitalContext, day: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day))) return day;
  const noonAfter = new Date(startOfDay(hospital.timeZone, day).getTime() + 36 * 3_600_000);
  return startOfDay(hospital.timeZone, dayOf(hospital.timeZone, noonAfter)).toISOString();
}

async function propsOf(ctx: HospitalContext, page: Page, id: string): Promise<PatientPrivacyProps> {
  const [privacy, nameable] = await Promise.all([readPrivacy(ctx, id), nameableFor(ctx)]);
  const hold = may(ctx.actor, "retention:read") ? ((await readLegalHold(ctx, id)) ?? "none") : null;
  return { page, privacy, ...nameable, hold, mayHold: may(ctx.actor, "retention:edit") };
}

async function change(
  ctx: HospitalContext,
  page: Page,
  id: string,
  body: unknown,
  request: Request,
  which: "restriction" | "access" | "hold",
  act: () => Promise<string>,
): Promise<Response> {
  authorize(ctx.actor, "patients:restrict");
  try {
    const text = await act();
    return goTo(request, `/patients/${id}/privacy`, { tone: "success", text });
  } catch (error) {
    const { status, ...refused } = refusalOf(page, body, error);
    return html(
      PatientPrivacyPage({ ...(await propsOf(ctx, page, id)), refused: { ...refused, which } }),
      status,
    );
  }
}
