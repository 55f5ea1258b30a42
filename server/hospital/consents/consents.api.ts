import { Elysia, t } from "elysia";
import { filesHere } from "../../files/sides.ts";
import { describe, listOf } from "../../http/docs.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { consentInput, consentRow, disclosureInput, withdrawInput } from "./consents.input.ts";
import { listConsents, recordConsent, withdrawConsent } from "./consents.ts";
import { type Archive, disclosePatient } from "./disclosure.ts";

const tag = "Consents";
const params = t.Object({ id: t.String({ maxLength: 100 }) });

/** An archive as it is made. */
export function archiveResponse({ name, body }: Archive): Response {
  return new Response(body, {
    headers: {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
    },
  });
}

/** What patients have agreed to, and giving a record out. */
export const consentsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/patients/:id" })
    .use(hospitalApi(services))
    .get(
      "/consents",
      async ({ ctx, params }) => json({ items: await listConsents(ctx, params.id), nextCursor: null }),
      {
        params,
        detail: describe({
          summary: "List a patient's consents",
          ...{ tag, answers: { 200: listOf(consentRow) }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/consents",
      async ({ ctx, params, body }) => json(await recordConsent(ctx, params.id, body), 201),
      {
        params,
        body: consentInput,
        detail: describe({
          summary: "Record what a patient has agreed to or refused",
          description: "It counts in place of what was recorded of that purpose before.",
          ...{ tag, answers: { 201: consentRow }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/consents/:consentId/withdrawal",
      async ({ ctx, params, body }) =>
        json(await withdrawConsent(ctx, params.id, params.consentId, body.reason)),
      {
        params: t.Object({ id: t.String({ maxLength: 100 }), consentId: t.String({ maxLength: 100 }) }),
        body: withdrawInput,
        detail: describe({
          summary: "Withdraw a consent",
          ...{ tag, answers: { 200: consentRow }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/disclosure",
      async ({ ctx, params, body }) =>
        archiveResponse(
          await disclosePatient(ctx, filesHere(services.env, ctx.hospital.id), params.id, body),
        ),
      {
        params,
        body: disclosureInput,
        detail: describe({
          summary: "Give out everything held of a patient as one archive",
          description:
            "A zip of JSON lines, a CSV of who has seen the record, and checksums. All purposes but the patient's own request need a consent in force.",
          ...{ tag, answers: { 200: t.String() }, media: "application/zip", errors: ["not-found"] },
        }),
      },
    );
