import { Elysia, t } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { etagOf, expectedVersion } from "../../http/etag.ts";
import { factsOf } from "../../http/facts.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { linkHeader } from "../../http/paging.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { breakGlass, closeGlass } from "./break-glass.ts";
import { grantAccess, revokeAccess } from "./named-access.ts";
import { readPrivacy } from "./patient-privacy.ts";
import {
  accessInput,
  breakInput,
  glassBreakRow,
  privacyRow,
  restrictInput,
  reviewInput,
  reviewsQuery,
} from "./privacy.input.ts";
import { liftRestriction, restrictPatient } from "./restrictions.ts";
import { getGlassBreak, listGlassBreaks, reviewGlassBreak } from "./reviews.ts";

const tag = "Privacy";
const params = t.Object({ id: t.String({ maxLength: 100 }) });
const opened = t.Object({
  id: t.String({ format: "uuid" }),
  patientId: t.String({ format: "uuid" }),
  expiresAt: t.String({ format: "date-time" }),
});

/** Restricted records: who may open them, opening one in need, and the review of that. */
export const privacyApi = (services: Services) =>
  new Elysia().use(patientPrivacyApi(services)).use(reviewsApi(services));

const patientPrivacyApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/patients/:id" })
    .use(hospitalApi(services))
    .get("/privacy", async ({ ctx, params }) => json(await readPrivacy(ctx, params.id)), {
      params,
      detail: describe({
        summary: "Whether a record is restricted, and to whom it is open",
        ...{ tag, answers: { 200: privacyRow }, errors: ["not-found"] },
      }),
    })
    .put(
      "/restriction",
      async ({ ctx, params, body }) => json(await restrictPatient(ctx, params.id, body.reason)),
      {
        params,
        body: restrictInput,
        detail: describe({
          summary: "Restrict a record",
          description: "Only those named for it open it from now on; others have to break the glass.",
          ...{ tag, answers: { 200: privacyRow }, errors: ["not-found"] },
        }),
      },
    )
    .delete(
      "/restriction",
      async ({ ctx, params, body }) => json(await liftRestriction(ctx, params.id, body.reason)),
      {
        params,
        body: restrictInput,
        detail: describe({
          summary: "Lift a record's restriction",
          ...{ tag, answers: { 200: privacyRow }, errors: ["not-found"] },
        }),
      },
    )
    .post("/access", async ({ ctx, params, body }) => json(await grantAccess(ctx, params.id, body), 201), {
      params,
      body: accessInput,
      detail: describe({
        summary: "Name a person or a department that may open a restricted record",
        ...{ tag, answers: { 201: privacyRow }, errors: ["not-found"] },
      }),
    })
    .delete(
      "/access/:accessId",
      async ({ ctx, params }) => json(await revokeAccess(ctx, params.id, params.accessId)),
      {
        params: t.Object({ id: t.String({ maxLength: 100 }), accessId: t.String({ maxLength: 100 }) }),
        detail: describe({
          summary: "Take somebody off the list of a restricted record",
          ...{ tag, answers: { 200: privacyRow }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/glass-breaks",
      async ({ ctx, params, body }) => {
        const { isNew, ...glass } = await breakGlass(ctx, params.id, body);
        return json(glass, isNew ? 201 : 200);
      },
      {
        params,
        body: breakInput,
        detail: describe({
          summary: "Open a restricted record in need, for 60 minutes",
          description: "Recorded, told to those who review, and put into their queue.",
          ...{ tag, answers: { 200: opened, 201: opened }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .delete(
      "/glass-breaks",
      async ({ ctx, params }) => {
        await closeGlass(ctx, params.id);
        return new Response(null, { status: 204 });
      },
      {
        params,
        detail: describe({
          summary: "Close a record that one has opened in need",
          ...{ tag, answers: { 204: null }, errors: ["not-found"] },
        }),
      },
    );

const reviewsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/glass-breaks" })
    .use(hospitalApi(services))
    .get(
      "",
      async ({ ctx, query, request }) => {
        const page = await listGlassBreaks(ctx, query);
        return json(page, 200, { link: linkHeader(factsOf(request).url, page.nextCursor) });
      },
      {
        query: reviewsQuery,
        detail: describe({
          summary: "List who opened restricted records in need",
          ...{ tag, answers: { 200: listOf(glassBreakRow) } },
        }),
      },
    )
    .get(
      "/:id",
      async ({ ctx, params }) => {
        const row = await getGlassBreak(ctx, params.id);
        return json(row, 200, { etag: etagOf(row) });
      },
      {
        params,
        detail: describe({
          summary: "Read an opening of a restricted record",
          ...{ tag, answers: { 200: glassBreakRow }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/:id/review",
      async ({ ctx, params, body, request }) => {
        const row = await reviewGlassBreak(ctx, params.id, body, expectedVersion(request));
        return json(row, 200, { etag: etagOf(row) });
      },
      {
        params,
        body: reviewInput,
        detail: describe({
          summary: "Say whether an opening was justified",
          description: "Nobody reviews their own.",
          ...{ tag, answers: { 200: glassBreakRow }, errors: ["not-found", "precondition-failed"] },
        }),
      },
    );
