import { Elysia, t } from "elysia";
import { allergies } from "../../../db/schema/hospital/allergies.ts";
import { conditions } from "../../../db/schema/hospital/conditions.ts";
import { encounters } from "../../../db/schema/hospital/encounters.ts";
import { immunizations } from "../../../db/schema/hospital/immunizations.ts";
import { medications } from "../../../db/schema/hospital/medications.ts";
import { observationComponents, observations } from "../../../db/schema/hospital/observations.ts";
import { procedures } from "../../../db/schema/hospital/procedures.ts";
import { describe, listOf } from "../../http/docs.ts";
import { factsOf } from "../../http/facts.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { linkHeader } from "../../http/paging.ts";
import { json } from "../../http/reply.ts";
import type { PageOf } from "../../paging.ts";
import type { Services } from "../../tenancy/services.ts";
import { listAllergies } from "../allergies/allergies.ts";
import { listConditions } from "../conditions/conditions.ts";
import { listEncounters } from "../encounters/encounters.ts";
import { listImmunizations } from "../immunizations/immunizations.ts";
import { listMedications } from "../medications/medications.ts";
import { listObservations } from "../observations/observations.ts";
import { listProcedures } from "../procedures/procedures.ts";
import { entriesQuery, observationsQuery, ofPatient, rowSchema } from "./clinical.input.ts";

const detail = (summary: string, row: Parameters<typeof listOf>[0]) =>
  describe({ summary, tag: "Clinical record", answers: { 200: listOf(row) }, errors: ["not-found"] });

/** A page of a list, with the Link header to the next. */
function answer(request: Request, page: PageOf<unknown>): Response {
  return json({ items: page.items, nextCursor: page.nextCursor }, 200, {
    link: linkHeader(factsOf(request).url, page.nextCursor),
  });
}

const observation = rowSchema(observations, "Observation", {
  components: t.Array(rowSchema(observationComponents, "ObservationComponent")),
});

/** What is recorded of a patient, kind by kind, the latest first. */
export const clinicalApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/patients/:id" })
    .use(hospitalApi(services))
    .get(
      "/encounters",
      async ({ ctx, params: { id }, query, request }) =>
        answer(request, await listEncounters(ctx, id, query)),
      {
        params: ofPatient,
        query: entriesQuery,
        detail: detail("List a patient's visits", rowSchema(encounters, "Encounter")),
      },
    )
    .get(
      "/conditions",
      async ({ ctx, params: { id }, query, request }) =>
        answer(request, await listConditions(ctx, id, query)),
      {
        params: ofPatient,
        query: entriesQuery,
        detail: detail("List a patient's problems and diagnoses", rowSchema(conditions, "Condition")),
      },
    )
    .get(
      "/observations",
      async ({ ctx, params: { id }, query, request }) =>
        answer(request, await listObservations(ctx, id, query)),
      {
        params: ofPatient,
        query: observationsQuery,
        detail: detail("List a patient's results and vital signs", observation),
      },
    )
    .get(
      "/allergies",
      async ({ ctx, params: { id }, query, request }) => answer(request, await listAllergies(ctx, id, query)),
      {
        params: ofPatient,
        query: entriesQuery,
        detail: detail("List a patient's allergies", rowSchema(allergies, "Allergy")),
      },
    )
    .get(
      "/medications",
      async ({ ctx, params: { id }, query, request }) =>
        answer(request, await listMedications(ctx, id, query)),
      {
        params: ofPatient,
        query: entriesQuery,
        detail: detail("List a patient's medicines", rowSchema(medications, "Medication")),
      },
    )
    .get(
      "/immunizations",
      async ({ ctx, params: { id }, query, request }) =>
        answer(request, await listImmunizations(ctx, id, query)),
      {
        params: ofPatient,
        query: entriesQuery,
        detail: detail("List a patient's vaccinations", rowSchema(immunizations, "Immunization")),
      },
    )
    .get(
      "/procedures",
      async ({ ctx, params: { id }, query, request }) =>
        answer(request, await listProcedures(ctx, id, query)),
      {
        params: ofPatient,
        query: entriesQuery,
        detail: detail("List a patient's procedures", rowSchema(procedures, "Procedure")),
      },
    );
