import { Elysia, t } from "elysia";
import { AppError } from "../../errors.ts";
import { describe, listOf } from "../../http/docs.ts";
import { alreadyHas, etagOf, expectedVersion } from "../../http/etag.ts";
import { factsOf } from "../../http/facts.ts";
import { fileOf } from "../../http/file.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { linkHeader } from "../../http/paging.ts";
import { json } from "../../http/reply.ts";
import { pagingQuery } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { findDuplicates } from "./duplicates.ts";
import { listPatientHistory } from "./patient-history.ts";
import { deletePatient, restorePatient } from "./patient-removal.ts";
import {
  changeInput,
  deleteInput,
  patientListRow,
  patientRow,
  patientsFilter,
  patientsOrder,
  registerInput,
} from "./patients.input.ts";
import { getPatient, registerPatient, updatePatient } from "./patients.ts";
import { exportPatients } from "./patients-export.ts";
import { listPatients } from "./patients-list.ts";

const tag = "Patients";
const params = t.Object({ id: t.String({ maxLength: 100 }) });
const listQuery = t.Object({
  ...pagingQuery,
  ...patientsOrder,
  total: t.Optional(t.Boolean({ description: "Count what the query finds." })),
});
const registerQuery = t.Object({
  checkDuplicates: t.Optional(
    t.Boolean({ description: "Answer 409 with the candidates where someone registered may be the same." }),
  ),
});
const historyRow = t.Object({
  id: t.String(),
  at: t.String({ format: "date-time" }),
  actorName: t.String(),
  event: t.String(),
  reason: t.Nullable(t.String()),
  fields: t.Array(t.String()),
});

/** Patients of a hospital. */
export const patientsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/patients" })
    .use(hospitalApi(services))
    .get(
      "",
      async ({ ctx, query, request }) => {
        const { total, ...asked } = query;
        const page = await listPatients(ctx, { ...asked, ...(total === true ? { total: "exact" } : {}) });
        return json({ items: page.items, nextCursor: page.nextCursor, total: page.total }, 200, {
          link: linkHeader(factsOf(request).url, page.nextCursor),
        });
      },
      {
        query: listQuery,
        detail: describe({
          summary: "List and search patients",
          description:
            "The search finds names (also misspelt), record numbers, phone numbers and national ids. Paged by cursor; the Link header names the next page.",
          ...{ tag, answers: { 200: listOf(patientListRow) } },
        }),
      },
    )
    .get("/export.csv", async ({ ctx, query }) => csvResponse(await exportPatients(ctx, query)), {
      query: t.Object(patientsFilter),
      detail: describe({
        summary: "Export patients as CSV",
        description:
          "Streamed, the newest first. Cells that a spreadsheet would take for a formula begin with '.",
        ...{ tag, answers: { 200: t.String() }, media: "text/csv" },
      }),
    })
    .post(
      "",
      async ({ ctx, body, query }) => {
        if (query.checkDuplicates === true) await refuseDuplicate(ctx, body);
        const patient = await registerPatient(ctx, body);
        return json(patient, 201, {
          location: `/api/v1/tenant/patients/${patient.id}`,
          etag: etagOf(patient),
        });
      },
      {
        body: registerInput,
        query: registerQuery,
        detail: describe({
          summary: "Register a patient",
          ...{ tag, answers: { 201: patientRow }, errors: ["payment-required", "conflict"] },
        }),
      },
    )
    .get(
      "/:id",
      async ({ ctx, params, request }) => {
        const patient = await getPatient(ctx, params.id);
        const etag = etagOf(patient);
        return alreadyHas(request, etag)
          ? new Response(null, { status: 304, headers: { etag } })
          : json(patient, 200, { etag });
      },
      {
        params,
        detail: describe({
          summary: "Read a patient",
          description: "A deleted patient is answered with `deletedAt`. If-None-Match answers 304.",
          ...{ tag, answers: { 200: patientRow, 304: null }, errors: ["not-found"] },
        }),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params, body, request }) => {
        const patient = await updatePatient(ctx, params.id, body, expectedVersion(request));
        return json(patient, 200, { etag: etagOf(patient) });
      },
      {
        params,
        body: changeInput,
        detail: describe({
          summary: "Change a patient",
          description: "Null clears a field; what is left out stays. If-Match takes the ETag of the row.",
          ...{ tag, answers: { 200: patientRow }, errors: ["not-found", "conflict", "precondition-failed"] },
        }),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params, body, query, request }) => {
        const reason = body?.reason ?? query.reason ?? "";
        const patient = await deletePatient(ctx, params.id, reason, expectedVersion(request));
        return json(patient, 200, { etag: etagOf(patient) });
      },
      {
        params,
        body: t.Optional(deleteInput),
        query: t.Partial(deleteInput),
        detail: describe({
          summary: "Delete a patient",
          description:
            "The record stays and can be restored. The reason is taken from the body or the query.",
          ...{ tag, answers: { 200: patientRow }, errors: ["not-found", "precondition-failed"] },
        }),
      },
    )
    .post(
      "/:id/restoration",
      async ({ ctx, params }) => {
        const patient = await restorePatient(ctx, params.id);
        return json(patient, 200, { etag: etagOf(patient) });
      },
      {
        params,
        detail: describe({
          summary: "Restore a deleted patient",
          ...{ tag, answers: { 200: patientRow }, errors: ["not-found", "payment-required"] },
        }),
      },
    )
    .get(
      "/:id/history",
      async ({ ctx, params, query, request }) => {
        const page = await listPatientHistory(ctx, params.id, query);
        return json(page, 200, { link: linkHeader(factsOf(request).url, page.nextCursor) });
      },
      {
        params,
        query: t.Object(pagingQuery),
        detail: describe({
          summary: "Who did what to a patient's record",
          ...{ tag, answers: { 200: listOf(historyRow) }, errors: ["not-found"] },
        }),
      },
    );

async function refuseDuplicate(
  ctx: Parameters<typeof findDuplicates>[0],
  body: Parameters<typeof findDuplicates>[1],
): Promise<void> {
  const candidates = await findDuplicates(ctx, body);
  if (candidates.length > 0)
    throw new AppError(
      "conflict",
      "patient.possible-duplicate",
      "Someone already registered may be the same person. Nothing was saved.",
      { details: { candidates } },
    );
}

/** The list of patients as a file. */
export const csvResponse = (pieces: AsyncGenerator<string>, mark = ""): Response =>
  fileOf(pieces, "csv", "patients.csv", mark);
