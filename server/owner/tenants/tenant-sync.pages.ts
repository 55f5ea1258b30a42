import { Elysia } from "elysia";
import { errorText } from "../../../views/error-text.ts";
import { CopyingNow, CopyingPage } from "../../../views/owner/sync/copying-page.tsx";
import { ReseedPage } from "../../../views/owner/sync/reseed-page.tsx";
import { RestorePage } from "../../../views/owner/sync/restore-page.tsx";
import { RestoreNow, RestoreRunPage } from "../../../views/owner/sync/restore-run-page.tsx";
import type { Page } from "../../../views/page.ts";
import { emptyForm, type FormState } from "../../../views/ui/form-state.ts";
import { may } from "../../auth/permissions.ts";
import { filesOf } from "../../bridge/files.ts";
import { getRestore, retryRestore, startRestore } from "../../bridge/restore.ts";
import { planRestore, restoreServers } from "../../bridge/restore-plan.ts";
import { replacedDatabases } from "../../bridge/restore-unsent.ts";
import { copyingOf, watchCopying, watchRestore } from "../../bridge/restore-watch.ts";
import { pushHospital, verifyHospital } from "../../bridge/sync.ts";
import { notifySync, reseedConfirmed } from "../../bridge/sync-acts.ts";
import { AppError } from "../../errors.ts";
import { eventStream } from "../../http/event-stream.ts";
import { refusalOf, refuseInvalid, valuesOf } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { activeNodeOf } from "../nodes/nodes.ts";
import { restoreForm } from "./tenant-sync.input.ts";
import { getTenant } from "./tenants.ts";

const hidden = { detail: { hide: true } };

/** One hospital's copying, live, and its restore from the copy. */
export const tenantSyncPages = (services: Services) =>
  new Elysia({ prefix: "/hospitals/:id" })
    .use(ownerPages(services))
    .get(
      "/copying",
      async ({ ctx, page, params: { id } }) => {
        const props = await propsOf(services, ctx, page, id);
        const replaced = await replacedDatabases(services, ctx, id);
        return html(CopyingPage({ ...props, replaced }));
      },
      hidden,
    )
    .get(
      "/copying/events",
      async ({ ctx, page, params: { id }, request }) => {
        const props = await propsOf(services, ctx, page, id);
        return eventStream(request, async function* (signal) {
          for await (const copying of watchCopying(ctx, id, signal))
            yield {
              event: null,
              data: String(await CopyingNow({ ...props, copying, files: await filesOf(services, id) })),
            };
        });
      },
      hidden,
    )
    .post(
      "/copying/push",
      async ({ ctx, page, params: { id }, request }) => {
        if ((await activeNodeOf(ctx.db, id)) !== null) await notifySync(services, ctx, id);
        else await pushHospital(services, ctx, id);
        return goTo(request, `/hospitals/${id}/copying`, {
          tone: "success",
          text: page.t.owner.databases.pushed,
        });
      },
      hidden,
    )
    .post(
      "/copying/proof",
      async ({ ctx, page, params: { id } }) => {
        const proof = await verifyHospital(services, ctx, id);
        return html(CopyingPage({ ...(await propsOf(services, ctx, page, id)), proof, replaced: [] }));
      },
      hidden,
    )
    .get(
      "/reseed",
      async ({ ctx, page, params: { id } }) =>
        html(ReseedPage({ page, hospital: await hospitalOf(ctx, id), form: emptyForm })),
      hidden,
    )
    .post(
      "/reseed",
      async ({ ctx, page, params: { id }, body, request }) => {
        const hospital = await hospitalOf(ctx, id);
        try {
          await reseedConfirmed(services, ctx, id, valuesOf(body)["confirm"] ?? "");
          return goTo(request, `/hospitals/${id}/copying`, {
            tone: "info",
            text: page.t.copying.reseedAsked,
          });
        } catch (error) {
          const refused = refusalOf(page, body, error);
          return html(ReseedPage({ page, hospital, form: asTyped(refused.form) }), refused.status);
        }
      },
      hidden,
    )
    .get(
      "/restore",
      async ({ ctx, page, params: { id }, query }) => {
        const state = await getRestore(ctx, id);
        if (state !== null && (state.run.status !== "done" || query["new"] === undefined))
          return html(
            RestoreRunPage({
              page,
              hospital: await hospitalOf(ctx, id),
              state,
              mayRetry: may(ctx.actor, "tenants:restore"),
            }),
          );
        return restorePage(services, ctx, page, id, { ...emptyForm, values: valuesOf(query) }, 200);
      },
      hidden,
    )
    .post(
      "/restore",
      async ({ ctx, page, params: { id }, body, request }) => {
        const { confirm = "", server, reason, anyway } = valuesOf(body);
        try {
          refuseInvalid(parseForm(restoreForm, valuesOf(body)));
          await startRestore(services, ctx, id, {
            ...{ confirmation: confirm, reason, anyway: anyway === "true" },
            server: server || undefined,
          });
          return goTo(request, `/hospitals/${id}/restore`, {
            tone: "info",
            text: page.t.copying.restoreBegun,
          });
        } catch (error) {
          const { form, status, whole } = refusalOf(page, body, error);
          return restorePage(services, ctx, page, id, asTyped(form), status, whole);
        }
      },
      hidden,
    )
    .post(
      "/restore/retry",
      async ({ ctx, page, params: { id }, request }) => {
        await retryRestore(services, ctx, id);
        return goTo(request, `/hospitals/${id}/restore`, { tone: "info", text: page.t.owner.setUp.retried });
      },
      hidden,
    )
    .get(
      "/restore/events",
      async ({ ctx, page, params: { id }, request }) => {
        const hospital = await hospitalOf(ctx, id);
        const mayRetry = may(ctx.actor, "tenants:restore");
        return eventStream(request, async function* (signal) {
          for await (const state of watchRestore(ctx, id, signal))
            yield { event: null, data: String(await RestoreNow({ page, hospital, state, mayRetry })) };
          yield { event: "close", data: "done" };
        });
      },
      hidden,
    );

async function hospitalOf(ctx: OwnerContext, id: string) {
  const { companyName: name } = await getTenant(ctx, id);
  return { id, name };
}

async function propsOf(services: Services, ctx: OwnerContext, page: Page, id: string) {
  const tenant = await getTenant(ctx, id);
  return {
    page,
    hospital: { id, name: tenant.companyName },
    hasCopy: tenant.copyDatabase !== null,
    copying: await copyingOf(ctx, id),
    files: await filesOf(services, id),
    may: { push: may(ctx.actor, "sync:push"), restore: may(ctx.actor, "tenants:restore") },
  };
}

/** The rule's field is the confirmation; the form's is called as the dialog calls it. */
function asTyped(form: FormState): FormState {
  const errors = form.errors.map((wrong) =>
    wrong.field === "confirmation" ? { ...wrong, field: "confirm" } : wrong,
  );
  return { ...form, errors };
}

/** What would be done, and the question. Where nothing can be done, why. */
async function restorePage(
  services: Services,
  ctx: OwnerContext,
  page: Page,
  id: string,
  form: FormState,
  status: number,
  whole?: string,
): Promise<Response> {
  const hospital = await hospitalOf(ctx, id);
  const servers = (await restoreServers(ctx.db)).map(({ name }) => name);
  const shown = { page, hospital, servers, form, ...(whole === undefined ? {} : { whole }) };
  try {
    const plan = await planRestore(services, ctx, id, form.values["server"] || undefined);
    return html(RestorePage({ ...shown, plan }), status);
  } catch (error) {
    if (!(error instanceof AppError) || !["conflict", "unavailable"].includes(error.kind)) throw error;
    return html(RestorePage({ ...shown, plan: null, whole: errorText(page, error) }), status);
  }
}
