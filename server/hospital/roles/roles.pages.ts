import { Elysia } from "elysia";
import { RolePage, RoleRemovalPage } from "../../../views/hospital/roles/role-page.tsx";
import { RolesPage } from "../../../views/hospital/roles/roles-page.tsx";
import type { Page } from "../../../views/page.ts";
import { roleDescription, roleLabel } from "../../../views/standard-names.ts";
import { emptyForm, type FormState } from "../../../views/ui/form-state.ts";
import { authorize, hospitalPermissions, may } from "../../auth/permissions.ts";
import { chosenOf, refusalOf, refuseBlank, refuseInvalid, valuesOf, versionOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { changeRoleInput, createRoleInput } from "./roles.input.ts";
import { createRole, deleteRole, getRole, listRoles, type Role, updateRole } from "./roles.ts";

const hidden = { detail: { hide: true } };

const holder = (ctx: HospitalContext) => (permission: string) =>
  ctx.actor.kind === "system" || ctx.actor.permissions.has(permission);

interface Shown {
  readonly form: FormState;
  readonly chosen: readonly string[];
  readonly whole?: string;
}

const show = (ctx: HospitalContext, page: Page, role: Role | null, shown: Shown, status = 200) =>
  html(
    RolePage({
      ...{ page, role, ...shown },
      groups: hospitalPermissions,
      holds: holder(ctx),
      mayEdit: may(ctx.actor, "roles:edit"),
    }),
    status,
  );

/** What the form says the role may do: boxes of rights that the person does not hold are not theirs to change. */
function rightsOf(ctx: HospitalContext, body: unknown, role: Role | null): readonly string[] {
  const holds = holder(ctx);
  const kept = (role?.permissions ?? []).filter((permission) => !holds(permission));
  return [...new Set([...chosenOf(body, "permissions"), ...kept])];
}

/** A box that is not ticked sends nothing. */
const factorRuleOf = (body: unknown) => ({
  requiresSecondFactor: chosenOf(body, "requiresSecondFactor").includes("true"),
});

/** The roles: list, matrix of rights, adding and removing. */
export const rolesPages = (services: Services) =>
  new Elysia({ prefix: "/roles" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page }) =>
        html(RolesPage({ page, roles: await listRoles(ctx), mayEdit: may(ctx.actor, "roles:edit") })),
      hidden,
    )
    .get(
      "/new",
      ({ ctx, page }) => {
        authorize(ctx.actor, "roles:edit");
        return show(ctx, page, null, { form: emptyForm, chosen: [] });
      },
      hidden,
    )
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        const permissions = rightsOf(ctx, body, null);
        try {
          const input = refuseInvalid(
            parseForm(createRoleInput, { ...valuesOf(body), permissions, ...factorRuleOf(body) }),
          );
          await createRole(ctx, input);
          return goTo(request, "/roles", { tone: "success", text: page.t.staff.roleSaved });
        } catch (error) {
          authorize(ctx.actor, "roles:edit");
          const { status, ...refused } = refusalOf(page, body, error);
          return show(ctx, page, null, { ...refused, chosen: permissions }, status);
        }
      },
      hidden,
    )
    .get(
      "/:id",
      async ({ ctx, page, params }) => {
        const role = await getRole(ctx, params.id);
        const values = {
          name: role.name,
          scope: role.scope,
          description: role.description ?? undefined,
          requiresSecondFactor: String(role.requiresSecondFactor),
        };
        return show(ctx, page, role, { form: { values, errors: [] }, chosen: role.permissions });
      },
      hidden,
    )
    .post(
      "/:id",
      async ({ ctx, page, params, body, request }) => {
        const role = await getRole(ctx, params.id);
        const permissions = rightsOf(ctx, body, role);
        try {
          const sent = valuesOf(body);
          refuseBlank(body, ["name"]);
          const input = refuseInvalid(
            parseForm(changeRoleInput, { ...sent, permissions, ...factorRuleOf(body) }),
          );
          const blank = sent["description"]?.trim() === "" ? { description: null } : {};
          await updateRole(ctx, role.id, { ...input, ...blank }, versionOf(body));
          return goTo(request, "/roles", { tone: "success", text: page.t.staff.roleSaved });
        } catch (error) {
          authorize(ctx.actor, "roles:edit");
          const { status, ...refused } = refusalOf(page, body, error);
          return show(ctx, page, role, { ...refused, chosen: permissions }, status);
        }
      },
      hidden,
    )
    .get(
      "/:id/copy",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "roles:edit");
        const role = await getRole(ctx, params.id);
        // The copy is the hospital's own: it is named in the words of whoever makes it.
        const values = {
          name: page.t.people.copyOf(roleLabel(page, role)),
          scope: role.scope,
          description: roleDescription(page, role),
        };
        return show(ctx, page, null, { form: { values, errors: [] }, chosen: role.permissions });
      },
      hidden,
    )
    .get(
      "/:id/removal",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "roles:edit");
        return html(RoleRemovalPage({ page, role: await getRole(ctx, params.id) }));
      },
      hidden,
    )
    .post(
      "/:id/removal",
      async ({ ctx, page, params, request }) => {
        await deleteRole(ctx, params.id);
        return goTo(request, "/roles", { tone: "success", text: page.t.staff.roleDeleted });
      },
      hidden,
    );
