import { Elysia, t } from "elysia";
import { PatientClinical } from "../../../views/hospital/patients/patient-clinical.tsx";
import { PatientHistory } from "../../../views/hospital/patients/patient-history.tsx";
import { PatientOverview } from "../../../views/hospital/patients/patient-overview.tsx";
import type { Page } from "../../../views/page.ts";
import { authorize, may } from "../../auth/permissions.ts";
import { AppError } from "../../errors.ts";
import { factsOf } from "../../http/facts.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { html } from "../../http/reply.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { summarizeAllergies } from "../allergies/allergy-summary.ts";
import { countEntries } from "../clinical/entry-counts.ts";
import { isClinicalTab, partOfTab, readClinicalTab } from "../clinical/tabs.ts";
import { withGlass } from "../privacy/glass-banner.pages.ts";
import { listPatientHistory } from "./patient-history.ts";
import { getPatient, type Patient } from "./patients.ts";

const hidden = { detail: { hide: true } };
const cursorQuery = t.Object({ cursor: t.Optional(t.String({ maxLength: 500 })) });

/** What every room of a record shows: the patient, and what the banner and the tabs say of their treatment. */
export async function shellOf(ctx: HospitalContext, asked: Page, id: string, part?: string) {
  const patient = await getPatient(ctx, id, part);
  const page = await withGlass(ctx, asked, patient);
  const rooms = {
    access: may(ctx.actor, "audit:read"),
    consents: may(ctx.actor, "consents:read"),
    documents: may(ctx.actor, "documents:read"),
    privacy: may(ctx.actor, "patients:restrict"),
    disclosure: may(ctx.actor, "patients:export"),
  };
  return {
    ...{ page, patient, rooms, clinical: await clinicalOf(ctx, patient) },
    mayDelete: may(ctx.actor, "patients:delete"),
  };
}

async function clinicalOf(ctx: HospitalContext, patient: Patient) {
  if (!may(ctx.actor, "clinical:read")) return null;
  const [allergies, counts] = await Promise.all([
    summarizeAllergies(ctx, patient.id),
    countEntries(ctx, patient.id),
  ]);
  return { allergies, counts };
}

/** One patient's record, room by room. */
export const patientPages = (services: Services) =>
  new Elysia({ prefix: "/patients/:id" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page, params }) => {
        const shell = await shellOf(ctx, page, params.id);
        return html(PatientOverview({ ...shell, mayUpdate: may(ctx.actor, "patients:update") }));
      },
      hidden,
    )
    .get(
      "/:tab",
      async ({ ctx, page, params, query }) => {
        const { tab } = params;
        if (!isClinicalTab(tab)) throw new AppError("not-found", "page.not-found", "There is nothing here.");
        authorize(ctx.actor, "clinical:read");
        const shell = await shellOf(ctx, page, params.id, partOfTab[tab]);
        const shown = await readClinicalTab(ctx, shell.patient.id, tab, query);
        return html(PatientClinical({ ...shell, tab, shown, further: query.cursor !== undefined }));
      },
      { query: cursorQuery, ...hidden },
    )
    .get(
      "/history",
      async ({ ctx, page, params, query, request }) => {
        const shell = await shellOf(ctx, page, params.id, "history");
        const { items, nextCursor } = await listPatientHistory(ctx, shell.patient.id, query);
        const here = factsOf(request).url.pathname;
        return html(
          PatientHistory({
            ...{ ...shell, events: items },
            firstHref: query.cursor === undefined ? null : here,
            nextHref: nextCursor === null ? null : `${here}?cursor=${nextCursor}`,
          }),
        );
      },
      { query: cursorQuery, ...hidden },
    );
