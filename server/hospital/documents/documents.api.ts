import { Elysia, t } from "elysia";
import { filesHere } from "../../files/sides.ts";
import { describe, listOf } from "../../http/docs.ts";
import { alreadyHas, etagOf, expectedVersion } from "../../http/etag.ts";
import { factsOf } from "../../http/facts.ts";
import { refuseInvalid } from "../../http/form.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { linkHeader } from "../../http/paging.ts";
import { json } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { addDocument } from "./add-document.ts";
import { changeDocument, deleteDocument, restoreDocument } from "./change-document.ts";
import {
  changeDocumentInput,
  documentOf,
  documentRow,
  documentsQuery,
  ofDocument,
  ofPatient,
  parseDocumentForm,
  uploadInput,
} from "./documents.input.ts";
import { type Content, type Document, getDocument, listDocuments, openDocument } from "./documents.ts";

const tag = "Documents";
const at = "/api/v1/tenant/documents";

const one = (document: Document, status = 200, headers: Record<string, string> = {}) =>
  json(document, status, { etag: etagOf(document), ...headers });

/** A name as a header can carry it: for old clients in ASCII, else as it is (RFC 6266, RFC 8187). */
function dispositionOf(how: "inline" | "attachment", name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%;]/g, "_");
  const whole = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  );
  return `${how}; filename="${plain}"; filename*=UTF-8''${whole}`;
}

/** What a document may do in a browser: nothing, and be shown by a page of the same portal. */
const closed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

/** A document's content, piece by piece from the disk, in a sandbox. */
export function contentResponse(request: Request, { document, path }: Content, download: boolean): Response {
  const { mediaType, fileName, bytes, sha256 } = document;
  const etag = `"${sha256}"`;
  const headers = { etag, "content-security-policy": closed };
  if (alreadyHas(request, etag)) return new Response(null, { status: 304, headers });
  return new Response(Bun.file(path), {
    headers: {
      ...headers,
      "content-type": mediaType === "text/plain" ? "text/plain; charset=utf-8" : mediaType,
      "content-length": String(bytes),
      "content-disposition": dispositionOf(download ? "attachment" : "inline", fileName),
    },
  });
}

/** A patient's documents. */
export const patientDocumentsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/patients/:id/documents" })
    .use(hospitalApi(services))
    .get(
      "",
      async ({ ctx, params: { id }, query, request }) => {
        const page = await listDocuments(ctx, id, query);
        return json(page, 200, { link: linkHeader(factsOf(request).url, page.nextCursor) });
      },
      {
        params: ofPatient,
        query: documentsQuery,
        detail: describe({
          summary: "List a patient's documents, the newest first",
          ...{ tag, answers: { 200: listOf(documentRow) }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "",
      async ({ ctx, params: { id }, body }) => {
        const input = refuseInvalid(parseForm(uploadInput, body));
        const folder = filesHere(services.env, ctx.hospital.id);
        const made = await addDocument(ctx, folder, id, await documentOf(body), input);
        return one(made, 201, { location: `${at}/${made.id}` });
      },
      {
        params: ofPatient,
        body: t.Object({
          file: t.File({ description: "PDF, PNG, JPEG, WebP or plain text, 25 MB at most." }),
          ...uploadInput.properties,
        }),
        parse: [parseDocumentForm],
        detail: describe({
          summary: "Add a document to a patient's record",
          description:
            "A form with `file` and `kind`. What a file is, its own first bytes say, not its name.",
          ...{ tag, answers: { 201: documentRow }, errors: ["not-found", "conflict", "unsupported"] },
        }),
      },
    );

/** One document, and its content. */
export const documentsApi = (services: Services) =>
  new Elysia({ prefix: at })
    .use(hospitalApi(services))
    .get("/:id", async ({ ctx, params }) => one(await getDocument(ctx, params.id)), {
      params: ofDocument,
      detail: describe({
        summary: "Read what is known of a document",
        ...{ tag, answers: { 200: documentRow }, errors: ["not-found"] },
      }),
    })
    .get(
      "/:id/content",
      async ({ ctx, params, request }) => {
        const folder = filesHere(services.env, ctx.hospital.id);
        return contentResponse(request, await openDocument(ctx, folder, params.id), true);
      },
      {
        params: ofDocument,
        detail: describe({
          summary: "Fetch a document's content",
          description:
            "As it was sent, in its own media type. Answers 503 where it has not arrived at this server yet.",
          ...{ tag, answers: { 200: t.String() }, media: "application/octet-stream", errors: ["not-found"] },
        }),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params, body, request }) =>
        one(await changeDocument(ctx, params.id, body, expectedVersion(request))),
      {
        params: ofDocument,
        body: changeDocumentInput,
        detail: describe({
          summary: "Change a document's title or kind",
          ...{ tag, answers: { 200: documentRow } },
          errors: ["not-found", "conflict", "precondition-failed"],
        }),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params, request }) => one(await deleteDocument(ctx, params.id, expectedVersion(request))),
      {
        params: ofDocument,
        detail: describe({
          summary: "Delete a document; it can be brought back",
          ...{ tag, answers: { 200: documentRow } },
          errors: ["not-found", "conflict", "precondition-failed"],
        }),
      },
    )
    .post("/:id/restoration", async ({ ctx, params }) => one(await restoreDocument(ctx, params.id)), {
      params: ofDocument,
      detail: describe({
        summary: "Bring a deleted document back",
        ...{ tag, answers: { 200: documentRow }, errors: ["not-found", "conflict"] },
      }),
    });
