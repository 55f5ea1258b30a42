import { Elysia, t } from "elysia";
import { asUnavailable } from "../../../db/outages.ts";
import { AskPage } from "../../../views/owner/hospitals/ask-page.tsx";
import { EditHospitalPage } from "../../../views/owner/hospitals/edit-hospital-page.tsx";
import type { AskedAct } from "../../../views/owner/hospitals/hospital-acts.tsx";
import { HospitalPage } from "../../../views/owner/hospitals/hospital-page.tsx";
import { HospitalsList, HospitalsPage } from "../../../views/owner/hospitals/hospitals-page.tsx";
import type { HospitalRow } from "../../../views/owner/hospitals/hospitals-table.tsx";
import type { Page } from "../../../views/page.ts";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { may } from "../../auth/permissions.ts";
import { pushConfiguration } from "../../bridge/configuration.ts";
import { getProvisioning } from "../../bridge/provision.ts";
import { listTenantUsers } from "../../bridge/tenant-users.ts";
import { AppError } from "../../errors.ts";
import { refusalOf, valuesOf, versionOf } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { portalAddress } from "../../http/portal-address.ts";
import { goTo, html, wantsFragment } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { healthHistory } from "../health/health.ts";
import { listPlans } from "../plans/plans.ts";
import { listTenantEvents } from "./tenant-activity.ts";
import {
  activateTenant,
  archiveTenant,
  deleteTenant,
  retentionDays,
  suspendTenant,
} from "./tenant-status.ts";
import { tenantListQuery } from "./tenants.input.ts";
import { getTenant, type TenantChanges, updateTenant } from "./tenants.ts";
import { listTenants } from "./tenants-list.ts";
import { withHealth } from "./with-health.ts";

const hidden = { detail: { hide: true } };
const listQuery = t.Object({
  ...tenantListQuery.properties,
  cursor: t.Optional(t.String({ maxLength: 500 })),
});
const acts = ["suspend", "archive", "delete"] as const satisfies readonly AskedAct[];

/** The list of hospitals and the page of each, with what can be done there. */
export const tenantsPages = (services: Services) => {
  const app = new Elysia({ prefix: "/hospitals" })
    .use(ownerPages(services))
    .get("", ({ ctx, page, query, request }) => listPage(ctx, page, query, request), hidden)
    .get(
      "/:id",
      ({ ctx, page, params, request }) => showPage(services, ctx, page, params.id, request),
      hidden,
    )
    .get(
      "/:id/edit",
      async ({ ctx, page, params }) => {
        const { id, companyName: name, version, ...row } = await getTenant(ctx, params.id);
        const { timeZone, currency, language, contactEmail, contactPhone } = row;
        const values = {
          ...{ companyName: name, timeZone, currency, language },
          ...{ contactEmail: contactEmail ?? "", contactPhone: contactPhone ?? "" },
        };
        return html(EditHospitalPage({ page, id, name, version, form: { values, errors: [] } }));
      },
      hidden,
    )
    .post(
      "/:id/edit",
      async ({ ctx, page, params, body, request }) => {
        const { id, companyName: name, version } = await getTenant(ctx, params.id);
        try {
          await updateTenant(ctx, id, changesOf(body), versionOf(body) ?? 0);
          await pushConfiguration(services, id);
          return goTo(request, `/hospitals/${id}`, { tone: "success", text: page.t.owner.details.saved });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          // The next save is made knowing of the other's change.
          return html(EditHospitalPage({ page, id, name, version, ...refused }), status);
        }
      },
      hidden,
    )
    .post(
      "/:id/activation",
      async ({ ctx, page, params, request }) => {
        await activateTenant(ctx, params.id);
        await pushConfiguration(services, params.id);
        return goTo(request, `/hospitals/${params.id}`, {
          tone: "success",
          text: page.t.owner.acts.activated,
        });
      },
      hidden,
    );
  for (const act of acts)
    app
      .get(
        `/:id/${act}`,
        async ({ ctx, page, params }) => {
          const hospital = await rowOf(ctx, params.id);
          return html(AskPage({ page, hospital, act, form: emptyForm, retentionDays }));
        },
        hidden,
      )
      .post(
        `/:id/${act}`,
        ({ ctx, page, params, body, request }) => perform(ctx, page, act, params.id, body, request),
        hidden,
      );
  return app;
};

async function listPage(ctx: OwnerContext, page: Page, query: unknown, request: Request): Promise<Response> {
  const asked = parseForm(listQuery, query);
  // An address that was typed wrongly shows the list rather than an error.
  const filters = asked.ok ? asked.value : {};
  const [found, plans] = await Promise.all([listTenants(ctx, filters), plansFor(ctx)]);
  const hospitals = await withHealth(ctx, found.items);
  const props = {
    ...{ page, filters, hospitals, plans, nextCursor: found.nextCursor, total: found.total ?? 0 },
    mayCreate: may(ctx.actor, "tenants:create"),
  };
  return html(wantsFragment(request) ? HospitalsList(props) : HospitalsPage(props));
}

async function showPage(
  services: Services,
  ctx: OwnerContext,
  page: Page,
  id: string,
  request: Request,
): Promise<Response> {
  const hospital = await rowOf(ctx, id);
  const [plans, people, activity, history, run] = await Promise.all([
    plansFor(ctx),
    may(ctx.actor, "tenants:users") ? peopleOf(services, ctx, id) : [],
    listTenantEvents(ctx, id),
    // As many looks as the small picture shows.
    healthHistory(ctx, id, 1),
    getProvisioning(ctx, id),
  ]);
  return html(
    HospitalPage({
      ...{ page, hospital, people, activity, retentionDays, settingUp: run.status, looks: history.checks },
      mayAddPeople: may(ctx.actor, "tenants:users"),
      plan: plans.find((plan) => plan.key === hospital.plan) ?? null,
      portal: portalAddress(services, request, hospital.subdomain),
      may: {
        edit: may(ctx.actor, "tenants:edit"),
        suspend: may(ctx.actor, "tenants:suspend"),
        delete: may(ctx.actor, "tenants:delete"),
        push: may(ctx.actor, "sync:push"),
        setUp: may(ctx.actor, "tenants:create"),
        support: may(ctx.actor, "support:ask"),
      },
    }),
  );
}

async function perform(
  ctx: OwnerContext,
  page: Page,
  act: AskedAct,
  id: string,
  body: unknown,
  request: Request,
): Promise<Response> {
  const { confirm = "", reason = "" } = valuesOf(body);
  const { acts: words } = page.t.owner;
  try {
    if (act === "suspend") await suspendTenant(ctx, id, reason);
    else if (act === "archive") await archiveTenant(ctx, id, reason);
    else await deleteTenant(ctx, id, confirm, reason);
    const text = act === "suspend" ? words.suspended : act === "archive" ? words.archived : words.deleted;
    return goTo(request, `/hospitals/${id}`, { tone: "success", text });
  } catch (error) {
    if (error instanceof AppError && error.kind !== "invalid") throw error;
    const { form, status } = refusalOf(page, body, error);
    // The rule's field is the confirmation; the form's is called as the dialog calls it.
    const errors = form.errors.map((wrong) =>
      wrong.field === "confirmation" ? { ...wrong, field: "confirm" } : wrong,
    );
    const hospital = await rowOf(ctx, id);
    return html(AskPage({ page, hospital, act, form: { ...form, errors }, retentionDays }), status);
  }
}

function changesOf(body: unknown): TenantChanges {
  const { companyName, timeZone, currency, language, contactEmail, contactPhone } = valuesOf(body);
  return {
    ...{ companyName, timeZone, currency, contactEmail, contactPhone },
    language: language === "en" || language === "ur" || language === "hi" ? language : undefined,
  };
}

async function plansFor(ctx: OwnerContext) {
  return may(ctx.actor, "plans:read") ? listPlans(ctx) : [];
}

async function rowOf(ctx: OwnerContext, id: string): Promise<HospitalRow> {
  const [row] = await withHealth(ctx, [await getTenant(ctx, id)]);
  if (row === undefined) throw new Error("A hospital was found and lost.");
  return row;
}

/** Null: its database does not answer just now. */
async function peopleOf(services: Services, ctx: OwnerContext, id: string) {
  try {
    return (await listTenantUsers(services, ctx, id, { limit: 50 })).items;
  } catch (error) {
    if (error instanceof AppError && error.kind === "conflict") return [];
    if (asUnavailable(error) !== null || (error instanceof AppError && error.kind === "unavailable"))
      return null;
    throw error;
  }
}
