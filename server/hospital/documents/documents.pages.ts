import { Elysia, t } from "elysia";
import { DocumentFormPage } from "../../../views/hospital/documents/document-form-page.tsx";
import { DocumentPage } from "../../../views/hospital/documents/document-page.tsx";
import { DocumentsPage } from "../../../views/hospital/documents/documents-page.tsx";
import type { Page } from "../../../views/page.ts";
import { emptyForm, type FormState } from "../../../views/ui/form-state.ts";
import { authorize, may } from "../../auth/permissions.ts";
import { filesHere } from "../../files/sides.ts";
import { refusalOf, refuseBlank, refuseInvalid, versionOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html } from "../../http/reply.ts";
import { pagePolicy } from "../../http/security-headers.ts";
import { parseForm, uuid } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { listEncounters } from "../encounters/encounters.ts";
import { shellOf } from "../patients/patient.pages.ts";
import { addDocument } from "./add-document.ts";
import { changeDocument, deleteDocument, restoreDocument } from "./change-document.ts";
import { contentResponse } from "./documents.api.ts";
import {
  changeDocumentInput,
  documentOf,
  documentsQuery,
  ofPatient,
  ofPatientsDocument,
  uploadInput,
} from "./documents.input.ts";
import { type Document, getDocument, listDocuments, openDocument } from "./documents.ts";

const hidden = { detail: { hide: true } };
const part = "documents";
const visitsShown = 20;

interface Refused {
  readonly form: FormState;
  readonly status?: number;
  readonly whole?: string;
}

const valuesOfRow = ({ title, kind }: Document): FormState => ({ values: { title, kind }, errors: [] });

/** Documents in a patient's record: list, upload, preview, change, delete and bring back. */
export const documentsPages = (services: Services) => {
  const folderOf = (ctx: HospitalContext) => filesHere(services.env, ctx.hospital.id);

  const formPage = async (ctx: HospitalContext, page: Page, id: string, refused: Refused) => {
    authorize(ctx.actor, "documents:write");
    const shell = await shellOf(ctx, page, id, part);
    const seesVisits = may(ctx.actor, "clinical:read") && shell.patient.deletedAt === null;
    const visits = seesVisits ? (await listEncounters(ctx, id, { limit: visitsShown })).items : [];
    const { status, ...shown } = refused;
    return html(DocumentFormPage({ ...shell, ...shown, visits, idempotencyKey: Bun.randomUUIDv7() }), status);
  };

  const documentPage = async (
    ctx: HospitalContext,
    page: Page,
    { id, documentId }: { readonly id: string; readonly documentId: string },
    refused?: Refused,
  ) => {
    authorize(ctx.actor, "documents:read");
    const shell = await shellOf(ctx, page, id, part);
    const document = await getDocument(ctx, documentId, id);
    const { status, ...shown } = refused ?? { form: valuesOfRow(document) };
    const isHere = (await folderOf(ctx).pathOf(document.sha256)) !== null;
    const mayEdit = may(ctx.actor, "documents:write");
    const answer = await html(DocumentPage({ ...shell, ...shown, document, isHere, mayEdit }), status);
    // The preview stands in a frame of its own, from this host alone.
    answer.headers.set("content-security-policy", `${pagePolicy}; frame-src 'self'`);
    return answer;
  };

  return new Elysia({ prefix: "/patients/:id/documents" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page, params: { id }, query }) => {
        authorize(ctx.actor, "documents:read");
        const { removed, ...asked } = query;
        const filters = refuseInvalid(parseForm(documentsQuery, asked));
        const shell = await shellOf(ctx, page, id, part);
        const { items, nextCursor } = await listDocuments(ctx, id, filters);
        return html(
          DocumentsPage({
            ...{ ...shell, documents: items, nextCursor, filters },
            mayEdit: may(ctx.actor, "documents:write"),
            removed: removed === undefined ? null : await removedOf(ctx, removed, id),
          }),
        );
      },
      {
        params: ofPatient,
        query: t.Object({
          ...{ kind: t.Optional(t.String()), search: t.Optional(t.String({ maxLength: 200 })) },
          ...{ deleted: t.Optional(t.String()), cursor: t.Optional(t.String({ maxLength: 500 })) },
          removed: t.Optional(uuid()),
        }),
        ...hidden,
      },
    )
    .get("/new", ({ ctx, page, params: { id } }) => formPage(ctx, page, id, { form: emptyForm }), {
      params: ofPatient,
      ...hidden,
    })
    .post(
      "",
      async ({ ctx, page, params: { id }, body, request }) => {
        authorize(ctx.actor, "documents:write");
        try {
          const input = refuseInvalid(parseForm(uploadInput, body));
          const made = await addDocument(ctx, folderOf(ctx), id, await documentOf(body), input);
          const text = page.t.documents.added(made.title);
          return goTo(request, `/patients/${id}/documents`, { tone: "success", text });
        } catch (error) {
          return formPage(ctx, page, id, refusalOf(page, body, error));
        }
      },
      { params: ofPatient, ...hidden },
    )
    .get("/:documentId", ({ ctx, page, params }) => documentPage(ctx, page, params), {
      params: ofPatientsDocument,
      ...hidden,
    })
    .get(
      "/:documentId/content",
      async ({ ctx, params: { id, documentId }, query, request }) =>
        contentResponse(
          request,
          await openDocument(ctx, folderOf(ctx), documentId, id),
          query.download === "true",
        ),
      {
        params: ofPatientsDocument,
        query: t.Object({ download: t.Optional(t.String({ maxLength: 10 })) }),
        ...hidden,
      },
    )
    .post(
      "/:documentId",
      async ({ ctx, page, params, body, request }) => {
        authorize(ctx.actor, "documents:write");
        await getDocument(ctx, params.documentId, params.id);
        try {
          refuseBlank(body, ["title", "kind"]);
          const input = refuseInvalid(parseForm(changeDocumentInput, body));
          await changeDocument(ctx, params.documentId, input, versionOf(body));
          const at = `/patients/${params.id}/documents/${params.documentId}`;
          return goTo(request, at, { tone: "success", text: page.t.documents.saved });
        } catch (error) {
          return documentPage(ctx, page, params, refusalOf(page, body, error));
        }
      },
      { params: ofPatientsDocument, ...hidden },
    )
    .post(
      "/:documentId/removal",
      async ({ ctx, params: { id, documentId }, request }) => {
        authorize(ctx.actor, "documents:write");
        await getDocument(ctx, documentId, id);
        await deleteDocument(ctx, documentId);
        return goTo(request, `/patients/${id}/documents?removed=${documentId}`);
      },
      { params: ofPatientsDocument, ...hidden },
    )
    .post(
      "/:documentId/restoration",
      async ({ ctx, page, params: { id, documentId }, request }) => {
        authorize(ctx.actor, "documents:write");
        await getDocument(ctx, documentId, id);
        const { title } = await restoreDocument(ctx, documentId);
        const text = page.t.documents.restored(title);
        return goTo(request, `/patients/${id}/documents/${documentId}`, { tone: "success", text });
      },
      { params: ofPatientsDocument, ...hidden },
    );
};

/** The one that the deletion led here with, unless it is back already. */
async function removedOf(ctx: HospitalContext, id: string, patientId: string): Promise<Document | null> {
  const document = await getDocument(ctx, id, patientId);
  return document.deletedAt === null ? null : document;
}
