import { Elysia, t } from "elysia";
import { AppError } from "../../errors.ts";
import { describe, listOf } from "../../http/docs.ts";
import { factsOf } from "../../http/facts.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { linkHeader } from "../../http/paging.ts";
import { json } from "../../http/reply.ts";
import { pagingQuery } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { draftImport } from "./draft-import.ts";
import {
  filesOf,
  importAnswer,
  importErrorAnswer,
  importOptionsOf,
  importQuery,
  importWithFilesAnswer,
  ofImport,
  parseUpload,
  previewAnswer,
} from "./import.input.ts";
import { listImportErrors, listImportFiles, listImports } from "./import-report.ts";
import { findImport, stopImport } from "./imports.ts";
import { previewImport } from "./preview.ts";
import { startImport } from "./start-import.ts";

const tag = "Import";
const query = t.Object(pagingQuery);

/** Imports of FHIR bundles. */
export const importApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/imports" })
    .use(hospitalApi(services))
    .post(
      "",
      async ({ ctx, body, query: asked }) => {
        const { dryRun, ...fields } = asked;
        if (typeof body !== "object" || body === null)
          throw new AppError(
            "unsupported",
            "import.unsupported",
            "Send a form with files, or one FHIR bundle as JSON.",
          );
        const options = importOptionsOf({ ...body, ...fields });
        const files = await filesOf(body);
        if (dryRun === true) {
          const outcomes = await previewImport(ctx, files, options);
          return json({
            files: outcomes.map((outcome, index) => ({ name: files[index]?.name, ...outcome })),
          });
        }
        const draft = await draftImport(ctx, { origin: "api", files, ...options });
        const run = await startImport(ctx, services.queue, draft.id);
        return json(run, 201, { location: `/api/v1/tenant/imports/${run.id}` });
      },
      {
        parse: [parseUpload],
        query: importQuery,
        detail: {
          ...describe({
            summary: "Import FHIR R4 bundles",
            description:
              "A form with one or many `files` (and `source`, `keepGood`), or one bundle as JSON. The same files again add nothing. A file with a refused record is refused as a whole, unless `keepGood` is given. Where nothing at all could come in, the answer is 422 and names the faults. With `dryRun` the answer is what would happen.",
            tag,
            answers: { 200: previewAnswer, 201: importAnswer },
            errors: ["too-large", "unsupported", "payment-required"],
          }),
          requestBody: {
            required: true,
            content: {
              "multipart/form-data": {
                schema: {
                  type: "object",
                  required: ["files"],
                  properties: {
                    files: { type: "array", items: { type: "string", format: "binary" } },
                    source: { type: "string" },
                    keepGood: { type: "boolean" },
                  },
                },
              },
              "application/fhir+json": { schema: { type: "object", description: "A FHIR R4 Bundle." } },
            },
          },
        },
      },
    )
    .get(
      "",
      async ({ ctx, query: asked, request }) => {
        const page = await listImports(ctx, asked);
        return json(page, 200, { link: linkHeader(factsOf(request).url, page.nextCursor) });
      },
      { query, detail: describe({ summary: "List imports", tag, answers: { 200: listOf(importAnswer) } }) },
    )
    .get(
      "/:id",
      async ({ ctx, params: { id } }) => {
        const run = await findImport(ctx, id);
        return json({ ...run, files: await listImportFiles(ctx, id) });
      },
      {
        params: ofImport,
        detail: describe({
          summary: "Read one import with its files",
          ...{ tag, answers: { 200: importWithFilesAnswer }, errors: ["not-found"] },
        }),
      },
    )
    .get(
      "/:id/errors",
      async ({ ctx, params: { id }, query: asked, request }) => {
        const page = await listImportErrors(ctx, id, asked);
        return json(page, 200, { link: linkHeader(factsOf(request).url, page.nextCursor) });
      },
      {
        params: ofImport,
        query,
        detail: describe({
          summary: "List what an import refused, record by record",
          ...{ tag, answers: { 200: listOf(importErrorAnswer) }, errors: ["not-found"] },
        }),
      },
    )
    .delete("/:id", async ({ ctx, params: { id } }) => json(await stopImport(ctx, id)), {
      params: ofImport,
      detail: describe({
        summary: "Stop an import after the file that is being read",
        description: "What has come in stays. An import that was not started is thrown away.",
        ...{ tag, answers: { 200: importAnswer }, errors: ["not-found"] },
      }),
    });
