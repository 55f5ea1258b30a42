import { Elysia } from "elysia";
import { UserImportPage, UserImportState } from "../../../../views/hospital/users/user-import-page.tsx";
import { UserImportsPage } from "../../../../views/hospital/users/user-imports-page.tsx";
import { emptyForm } from "../../../../views/ui/form-state.ts";
import { authorize } from "../../../auth/permissions.ts";
import { refusalOf } from "../../../http/form.ts";
import { hospitalPages } from "../../../http/hospital.ts";
import { goTo, html } from "../../../http/reply.ts";
import type { HospitalContext } from "../../../tenancy/context.ts";
import type { Services } from "../../../tenancy/services.ts";
import { discardUserImport, draftUserImport } from "./draft-user-import.ts";
import { isUserImportStalled, startUserImport } from "./start-user-import.ts";
import { userFileTemplate } from "./user-file.ts";
import { csv } from "./user-imports.api.ts";
import { fileOf, ofUserImport } from "./user-imports.input.ts";
import { getUserImport, listUserImportRows, listUserImports, placesLeft } from "./user-imports.ts";

const hidden = { detail: { hide: true } };
const ofOne = { params: ofUserImport, ...hidden };
/** As many as an upload may hold: every line is shown. */
const rowsShown = 5_000;

async function read(ctx: HospitalContext, id: string) {
  const run = await getUserImport(ctx, id);
  const [rows, left] = await Promise.all([
    listUserImportRows(ctx, id, { limit: rowsShown }),
    placesLeft(ctx),
  ]);
  return { run, rows, placesLeft: left, stalled: isUserImportStalled(run, ctx.clock.now()) };
}

/** Upload, look, confirm, follow: a list of staff from a file. */
export const userImportsPages = (services: Services) =>
  new Elysia({ prefix: "/users/imports" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page }) =>
        html(UserImportsPage({ page, form: emptyForm, imports: await listUserImports(ctx) })),
      hidden,
    )
    .get("/template.csv", () => csv(userFileTemplate, "users.csv"), hidden)
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        authorize(ctx.actor, "users:create");
        try {
          const run = await draftUserImport(ctx, { origin: "page", ...(await fileOf(body)) });
          return goTo(request, `/users/imports/${run.id}`);
        } catch (error) {
          const { status, ...refused } = refusalOf(page, {}, error);
          return html(UserImportsPage({ page, ...refused, imports: await listUserImports(ctx) }), status);
        }
      },
      hidden,
    )
    .get(
      "/:id",
      async ({ ctx, page, params }) => html(UserImportPage({ page, ...(await read(ctx, params.id)) })),
      ofOne,
    )
    .get(
      "/:id/state",
      async ({ ctx, page, params }) => html(UserImportState({ page, ...(await read(ctx, params.id)) })),
      ofOne,
    )
    .post(
      "/:id/start",
      async ({ ctx, params, request }) => {
        await startUserImport(ctx, services.queue, params.id);
        return goTo(request, `/users/imports/${params.id}`);
      },
      ofOne,
    )
    .post(
      "/:id/removal",
      async ({ ctx, page, params, request }) => {
        await discardUserImport(ctx, params.id);
        return goTo(request, "/users/imports", { tone: "info", text: page.t.people.imports.discarded });
      },
      ofOne,
    );
