import { Elysia, t } from "elysia";
import { describe, listOf } from "../../../http/docs.ts";
import { hospitalApi } from "../../../http/hospital.ts";
import { json } from "../../../http/reply.ts";
import type { Services } from "../../../tenancy/services.ts";
import { discardUserImport, draftUserImport } from "./draft-user-import.ts";
import { startUserImport } from "./start-user-import.ts";
import { userFileTemplate } from "./user-file.ts";
import {
  fileOf,
  ofUserImport,
  parseUserFile,
  userImportAnswer,
  userImportRowAnswer,
} from "./user-imports.input.ts";
import { getUserImport, listUserImportRows, listUserImports, placesLeft } from "./user-imports.ts";

const tag = "Staff";
const errors = ["not-found", "conflict"] as const;
const whole = t.Object({
  ...userImportAnswer.properties,
  placesLeft: t.Nullable(t.Integer({ description: "People the plan has room for; null: no limit." })),
});

/** Lists of staff from a file: upload, look, confirm. */
export const userImportsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/users/imports" })
    .use(hospitalApi(services))
    .get("", async ({ ctx }) => json({ items: await listUserImports(ctx), nextCursor: null }), {
      detail: describe({
        summary: "List the imports of staff",
        tag,
        answers: { 200: listOf(userImportAnswer) },
      }),
    })
    .get("/template", () => csv(userFileTemplate, "users.csv"), {
      detail: describe({
        summary: "The columns of a list of staff, with one line that shows how",
        ...{ tag, answers: { 200: t.String() }, media: "text/csv" },
      }),
    })
    .post(
      "",
      async ({ ctx, body }) => {
        const run = await draftUserImport(ctx, { origin: "api", ...(await fileOf(body)) });
        return json({ ...run, placesLeft: await placesLeft(ctx) }, 201, {
          location: `/api/v1/tenant/users/imports/${run.id}`,
        });
      },
      {
        body: t.Object({ file: t.File({ description: "CSV in UTF-8." }) }),
        parse: [parseUserFile],
        detail: describe({
          summary: "Upload a list of staff: every line is judged, nobody is added yet",
          ...{ tag, answers: { 201: whole }, errors: ["too-large", "unsupported"] },
        }),
      },
    )
    .get(
      "/:id",
      async ({ ctx, params }) =>
        json({ ...(await getUserImport(ctx, params.id)), placesLeft: await placesLeft(ctx) }),
      {
        params: ofUserImport,
        detail: describe({ summary: "Read an import", tag, answers: { 200: whole }, errors: ["not-found"] }),
      },
    )
    .get(
      "/:id/rows",
      async ({ ctx, params, query }) => {
        const limit = query.limit ?? 200;
        const rows = await listUserImportRows(ctx, params.id, {
          limit,
          ...(query.after === undefined ? {} : { after: query.after }),
        });
        return json({ items: rows, nextCursor: null });
      },
      {
        params: ofUserImport,
        query: t.Object({
          after: t.Optional(
            t.Integer({ minimum: 0, maximum: 100_000, description: "Lines after this one." }),
          ),
          limit: t.Optional(t.Integer({ minimum: 1, maximum: 1_000 })),
        }),
        detail: describe({
          summary: "Every line of an import: what would become of it, or what has",
          ...{ tag, answers: { 200: listOf(userImportRowAnswer) }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/:id/start",
      async ({ ctx, params }) => json(await startUserImport(ctx, services.queue, params.id), 202),
      {
        params: ofUserImport,
        detail: describe({
          summary: "Confirm an import: the people of every ready line are invited by mail",
          ...{ tag, answers: { 202: userImportAnswer }, errors },
        }),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params }) => {
        await discardUserImport(ctx, params.id);
        return new Response(null, { status: 204 });
      },
      {
        params: ofUserImport,
        detail: describe({
          summary: "Throw away an import that was not confirmed",
          tag,
          answers: { 204: null },
          errors,
        }),
      },
    );

/** A CSV file to keep. */
export function csv(text: string, name: string): Response {
  return new Response(text, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name}"`,
    },
  });
}
