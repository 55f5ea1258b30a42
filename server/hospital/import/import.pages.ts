import { Elysia, t } from "elysia";
import { ImportPage, ImportState } from "../../../views/hospital/import/import-page.tsx";
import { ImportsPage } from "../../../views/hospital/import/imports-page.tsx";
import type { Page } from "../../../views/page.ts";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { authorize } from "../../auth/permissions.ts";
import { fileOf } from "../../http/file.ts";
import { refusalOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html } from "../../http/reply.ts";
import { pagingQuery } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { draftImport } from "./draft-import.ts";
import { filesOf, importOptionsOf, ofImport } from "./import.input.ts";
import { importErrorsCsv, listImportErrors, listImportFiles, listImports } from "./import-report.ts";
import { findImport, stopImport } from "./imports.ts";
import { continueImport, isStalled, startImport } from "./start-import.ts";

const hidden = { detail: { hide: true } };
const errorsShown = 100;

/** What the page of one import shows. */
async function readImport(ctx: HospitalContext, id: string) {
  const run = await findImport(ctx, id);
  const files = await listImportFiles(ctx, id);
  const errors = run.errorCount > 0 ? (await listImportErrors(ctx, id, { limit: errorsShown })).items : [];
  return { run, files, errors, stalled: isStalled(run, ctx.clock.now()) };
}

/** Upload, preview, progress and report of imports. */
export const importPages = (services: Services) => {
  const listPage = async (ctx: HospitalContext, page: Page, query: { limit?: number; cursor?: string }) => ({
    page,
    imports: await listImports(ctx, query),
    further: query.cursor !== undefined,
    idempotencyKey: Bun.randomUUIDv7(),
  });
  return new Elysia({ prefix: "/imports" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page, query }) =>
        html(ImportsPage({ ...(await listPage(ctx, page, query)), form: emptyForm })),
      {
        query: t.Object(pagingQuery),
        ...hidden,
      },
    )
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        authorize(ctx.actor, "patients:import");
        try {
          const files = await filesOf(body);
          const run = await draftImport(ctx, { origin: "page", files, ...importOptionsOf(body) });
          return goTo(request, `/imports/${run.id}`);
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          return html(ImportsPage({ ...(await listPage(ctx, page, {})), ...refused }), status);
        }
      },
      hidden,
    )
    .get(
      "/:id",
      async ({ ctx, page, params: { id } }) => html(ImportPage({ page, ...(await readImport(ctx, id)) })),
      {
        params: ofImport,
        ...hidden,
      },
    )
    .get(
      "/:id/state",
      async ({ ctx, page, params: { id } }) => html(ImportState({ page, ...(await readImport(ctx, id)) })),
      {
        params: ofImport,
        ...hidden,
      },
    )
    .get(
      "/:id/errors.csv",
      async ({ ctx, params: { id } }) => fileOf(await importErrorsCsv(ctx, id), "csv", "import-errors.csv"),
      {
        params: ofImport,
        ...hidden,
      },
    )
    .post(
      "/:id/start",
      async ({ ctx, page, params: { id }, request }) => {
        await startImport(ctx, services.queue, id);
        return goTo(request, `/imports/${id}`, { tone: "info", text: page.t.imports.started });
      },
      { params: ofImport, ...hidden },
    )
    .post(
      "/:id/continue",
      async ({ ctx, params: { id }, request }) => {
        await continueImport(ctx, services.queue, id);
        return goTo(request, `/imports/${id}`);
      },
      { params: ofImport, ...hidden },
    )
    .post(
      "/:id/stop",
      async ({ ctx, page, params: { id }, request }) => {
        const run = await stopImport(ctx, id);
        return run.startedAt === null
          ? goTo(request, "/imports", { tone: "info", text: page.t.imports.discarded })
          : goTo(request, `/imports/${id}`, { tone: "info", text: page.t.imports.stopped });
      },
      { params: ofImport, ...hidden },
    );
};
