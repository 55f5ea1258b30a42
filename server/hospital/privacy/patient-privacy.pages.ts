import { Elysia } from "elysia";
import {
  PatientPrivacyPage,
  type PatientPrivacyProps,
} from "../../../views/hospital/privacy/patient-privacy-page.tsx";
import type { Page } from "../../../views/page.ts";
import { authorize, may } from "../../auth/permissions.ts";
import { refusalOf, refuseInvalid, valuesOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { dayOf, startOfDay } from "../patients/zone-days.ts";
import { liftLegalHold, placeLegalHold, readLegalHold } from "../retention/legal-holds.ts";
import { grantAccess, nameableFor, revokeAccess } from "./named-access.ts";
import { readPrivacy } from "./patient-privacy.ts";
import { accessInput, restrictInput } from "./privacy.input.ts";
import { liftRestriction, restrictPatient } from "./restrictions.ts";

const hidden = { detail: { hide: true } };

/** Restricting a record, naming who may open it, and holding it back from deletion. */
export const patientPrivacyPages = (services: Services) =>
  new Elysia({ prefix: "/patients/:id" })
    .use(hospitalPages(services))
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
