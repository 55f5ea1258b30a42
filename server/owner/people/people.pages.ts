import { Elysia } from "elysia";
import { AddPersonPage, PeoplePage, PersonPage } from "../../../views/owner/people/people-pages.tsx";
import type { Page } from "../../../views/page.ts";
import { PasswordOncePage } from "../../../views/people/password-once-page.tsx";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { authorize } from "../../auth/permissions.ts";
import { searchPeople } from "../../bridge/all-users.ts";
import { askOnSite } from "../../bridge/ask-on-site.ts";
import {
  createTenantUser,
  getTenantUser,
  listTenantRoles,
  resetTenantUserPassword,
  setTenantUserRole,
  setTenantUserStatus,
} from "../../bridge/tenant-users.ts";
import { refusalOf, refuseInvalid, valuesOf } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { askedPage } from "../nodes/asked.pages.ts";
import { newPersonInput } from "../tenants/tenant-inside.input.ts";
import { getTenant } from "../tenants/tenants.ts";
import { listTenants } from "../tenants/tenants-list.ts";
import { peopleQuery, roleInput } from "./people.input.ts";

const hidden = { detail: { hide: true } };

/** The people of all hospitals: search, and what the owner does with one of them. */
export const peoplePages = (services: Services) =>
  new Elysia()
    .use(ownerPages(services))
    .get(
      "/people",
      async ({ ctx, page, query }) => {
        const asked = parseForm(peopleQuery, query);
        const { search = "", tenantId = "" } = asked.ok ? asked.value : {};
        const narrowed = { search, ...(tenantId === "" ? {} : { tenantId }) };
        const [found, hospitals] = await Promise.all([
          searchPeople(services, ctx, narrowed),
          listTenants(ctx, { limit: 100 }),
        ]);
        const choices = hospitals.items.map(({ id, companyName: name }) => ({ id, name }));
        return html(PeoplePage({ page, found, search, hospital: tenantId, hospitals: choices }));
      },
      hidden,
    )
    .get(
      "/hospitals/:id/people/new",
      ({ ctx, page, params }) => addPage(services, ctx, page, params.id),
      hidden,
    )
    .post(
      "/hospitals/:id/people",
      async ({ ctx, page, params: { id }, body, request }) => {
        authorize(ctx.actor, "tenants:users");
        try {
          const invite = valuesOf(body)["way"] === "mail";
          const input = refuseInvalid(parseForm(newPersonInput, body));
          const next = `/hospitals/${id}`;
          const kind = invite ? "invite-user" : "create-user";
          if (await askOnSite(services, ctx, id, kind, { ...input })) return askedPage(request, page, next);
          const { user, temporaryPassword } = await createTenantUser(services, ctx, id, { ...input, invite });
          if (temporaryPassword !== null) return showPassword(page, user, temporaryPassword, next);
          return goTo(request, next, { tone: "success", text: page.t.people.invite.sent(user.name) });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          return addPage(services, ctx, page, id, refused, status);
        }
      },
      hidden,
    )
    .get(
      "/hospitals/:id/people/:userId",
      async ({ ctx, page, params: { id, userId } }) => {
        const [{ companyName }, person, roles] = await Promise.all([
          getTenant(ctx, id),
          getTenantUser(services, ctx, id, userId),
          listTenantRoles(services, ctx, id),
        ]);
        return html(PersonPage({ page, tenantId: id, hospital: companyName, person, roles }));
      },
      hidden,
    )
    .post(
      "/hospitals/:id/people/:userId/role",
      async ({ ctx, page, params: { id, userId }, body, request }) => {
        const { role } = refuseInvalid(parseForm(roleInput, body));
        if (await askOnSite(services, ctx, id, "set-user-role", { userId, role }))
          return askedPage(request, page, `/hospitals/${id}/people/${userId}`);
        await setTenantUserRole(services, ctx, id, userId, role);
        return back(request, id, userId, page.t.people.across.roleSaved);
      },
      hidden,
    )
    .post(
      "/hospitals/:id/people/:userId/suspension",
      async ({ ctx, page, params: { id, userId }, request }) => {
        return setStatus(services, ctx, page, { id, userId, status: "suspended" }, request);
      },
      hidden,
    )
    .post(
      "/hospitals/:id/people/:userId/activation",
      async ({ ctx, page, params: { id, userId }, request }) => {
        return setStatus(services, ctx, page, { id, userId, status: "active" }, request);
      },
      hidden,
    )
    .post(
      "/hospitals/:id/people/:userId/password-reset",
      async ({ ctx, page, params: { id, userId }, request }) => {
        if (await askOnSite(services, ctx, id, "reset-password", { userId }))
          return askedPage(request, page, `/hospitals/${id}/servers`);
        const { user, temporaryPassword } = await resetTenantUserPassword(services, ctx, id, userId);
        return showPassword(page, user, temporaryPassword, `/hospitals/${id}/people/${userId}`);
      },
      hidden,
    );

const back = (request: Request, id: string, userId: string, text: string) =>
  goTo(request, `/hospitals/${id}/people/${userId}`, { tone: "success", text });

async function setStatus(
  services: Services,
  ctx: OwnerContext,
  page: Page,
  wanted: { readonly id: string; readonly userId: string; readonly status: "active" | "suspended" },
  request: Request,
): Promise<Response> {
  const { id, userId, status } = wanted;
  if (await askOnSite(services, ctx, id, "set-user-status", { userId, status }))
    return askedPage(request, page, `/hospitals/${id}/people/${userId}`);
  await setTenantUserStatus(services, ctx, id, userId, status);
  return back(request, id, userId, page.t.staff.statusChanged[status]);
}

async function addPage(
  services: Services,
  ctx: OwnerContext,
  page: Page,
  id: string,
  refused: Omit<ReturnType<typeof refusalOf>, "status"> = { form: emptyForm },
  status = 200,
): Promise<Response> {
  const [{ companyName }, roles] = await Promise.all([
    getTenant(ctx, id),
    listTenantRoles(services, ctx, id),
  ]);
  return html(AddPersonPage({ page, tenantId: id, hospital: companyName, roles, ...refused }), status);
}

/** Told once: kept by nobody on the way. */
export async function showPassword(
  page: Page,
  person: { readonly name: string; readonly email: string },
  password: string,
  next: string,
): Promise<Response> {
  const response = await html(PasswordOncePage({ page, person, password, next }));
  response.headers.set("cache-control", "no-store");
  return response;
}
