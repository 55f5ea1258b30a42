import { Elysia } from "elysia";
import { ConsentFormPage, WithdrawPage } from "../../../views/hospital/consents/consent-forms.tsx";
import { ConsentsPage } from "../../../views/hospital/consents/consents-page.tsx";
import { DisclosurePage } from "../../../views/hospital/consents/disclosure-page.tsx";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { authorize, may } from "../../auth/permissions.ts";
import { notFound } from "../../errors.ts";
import { filesHere } from "../../files/sides.ts";
import { refusalOf, refuseInvalid, valuesOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { shellOf } from "../patients/patient.pages.ts";
import { startOfDay } from "../patients/zone-days.ts";
import { archiveResponse } from "./consents.api.ts";
import { consentInput, disclosureInput, withdrawInput } from "./consents.input.ts";
import { listConsents, recordConsent, withdrawConsent } from "./consents.ts";
import { disclosePatient } from "./disclosure.ts";

const hidden = { detail: { hide: true } };

/** A patient's consents, and giving the record out. */
export const consentsPages = (services: Services) =>
  new Elysia({ prefix: "/patients/:id" })
    .use(hospitalPages(services))
    .get(
      "/consents",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "consents:read");
        const shell = await shellOf(ctx, page, params.id);
        const consents = await listConsents(ctx, params.id);
        return html(ConsentsPage({ ...shell, consents, mayEdit: may(ctx.actor, "consents:edit") }));
      },
      hidden,
    )
    .get(
      "/consents/new",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "consents:edit");
        return html(ConsentFormPage({ ...(await shellOf(ctx, page, params.id)), form: emptyForm }));
      },
      hidden,
    )
    .post(
      "/consents",
      async ({ ctx, page, params, body, request }) => {
        authorize(ctx.actor, "consents:edit");
        const shell = await shellOf(ctx, page, params.id);
        try {
          const sent = { ...valuesOf(body) };
          for (const name of ["validFrom", "validUntil"]) sent[name] = instantOf(ctx, sent[name]);
          await recordConsent(ctx, params.id, refuseInvalid(parseForm(consentInput, sent)));
          const text = page.t.privacy.consents.recorded;
          return goTo(request, `/patients/${params.id}/consents`, { tone: "success", text });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          return html(ConsentFormPage({ ...shell, ...refused }), status);
        }
      },
      hidden,
    )
    .get(
      "/consents/:consentId/withdrawal",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "consents:edit");
        const shell = await shellOf(ctx, page, params.id);
        const consent = (await listConsents(ctx, params.id)).find(({ id }) => id === params.consentId);
        if (consent === undefined) throw notFound("consent");
        return html(WithdrawPage({ page: shell.page, consent, form: emptyForm }));
      },
      hidden,
    )
    .post(
      "/consents/:consentId/withdrawal",
      async ({ ctx, page, params, body, request }) => {
        authorize(ctx.actor, "consents:edit");
        const shell = await shellOf(ctx, page, params.id);
        const consent = (await listConsents(ctx, params.id)).find(({ id }) => id === params.consentId);
        if (consent === undefined) throw notFound("consent");
        try {
          const { reason } = refuseInvalid(parseForm(withdrawInput, body));
          await withdrawConsent(ctx, params.id, consent.id, reason);
          const text = page.t.privacy.consents.withdrawn;
          return goTo(request, `/patients/${params.id}/consents`, { tone: "success", text });
        } catch (error) {
          const { form, status } = refusalOf(page, body, error);
          return html(WithdrawPage({ page: shell.page, consent, form }), status);
        }
      },
      hidden,
    )
    .get(
      "/disclosure",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "patients:export");
        return html(DisclosurePage({ ...(await shellOf(ctx, page, params.id)), form: emptyForm }));
      },
      hidden,
    )
    .post(
      "/disclosure",
      async ({ ctx, page, params, body }) => {
        authorize(ctx.actor, "patients:export");
        const shell = await shellOf(ctx, page, params.id);
        try {
          const input = refuseInvalid(parseForm(disclosureInput, body));
          return archiveResponse(
            await disclosePatient(ctx, filesHere(services.env, ctx.hospital.id), params.id, input),
          );
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          return html(DisclosurePage({ ...shell, ...refused }), status);
        }
      },
      hidden,
    );

/** A day that is picked begins in the hospital's zone. What is no day is left for the input to refuse. */
function instantOf({ hospital }: HospitalContext, day: string | undefined): string | undefined {
  if (day === undefined || !/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day))) return day;
  return startOfDay(hospital.timeZone, day).toISOString();
}
