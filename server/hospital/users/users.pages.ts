import { Elysia, t } from "elysia";
import {
  AddUserPage,
  EditUserPage,
  TemporaryPasswordPage,
  type UserAct,
  UserActPage,
  userActs,
} from "../../../views/hospital/users/user-pages.tsx";
import { UserStatisticsPage } from "../../../views/hospital/users/user-statistics-page.tsx";
import { UsersList, UsersPage } from "../../../views/hospital/users/users-page.tsx";
import type { Page } from "../../../views/page.ts";
import { emptyForm, type FormState } from "../../../views/ui/form-state.ts";
import { authorize, type HospitalPermission, may } from "../../auth/permissions.ts";
import { AppError } from "../../errors.ts";
import { chosenOf, refusalOf, refuseBlank, refuseInvalid, valuesOf, versionOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html, wantsFragment } from "../../http/reply.ts";
import { pagingQuery, parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { listDepartments } from "../departments/departments.ts";
import { listAssignableRoles } from "../roles/assignable.ts";
import { inviteUser, readInvitation, resendInvitation, withdrawInvitation } from "./invitations.ts";
import { userStatistics } from "./user-statistics.ts";
import { resetUserPassword, setUserStatus, type UserStatus } from "./user-status.ts";
import { changeUserInput, createUserInput, inviteUserInput, usersFilter } from "./users.input.ts";
import { createUser, updateUser } from "./users.ts";
import { getUser, listUsers, type User } from "./users-list.ts";

const hidden = { detail: { hide: true } };
const listQuery = t.Object({ ...usersFilter, ...pagingQuery });

async function choicesOf(ctx: HospitalContext) {
  const [roles, departments] = await Promise.all([listAssignableRoles(ctx), listDepartments(ctx)]);
  return { roles, departments };
}

const formOf = (user: User): FormState => ({
  values: {
    scope: user.scope,
    name: user.name,
    email: user.email,
    phone: user.phone ?? undefined,
    roleId: user.roleId,
    departmentId: user.departmentId ?? undefined,
  },
  errors: [],
});

/** Nobody suspends themselves. */
const mayOf = (ctx: HospitalContext, user: User) => ({
  update: may(ctx.actor, "users:update"),
  invite: may(ctx.actor, "users:create"),
  suspend: may(ctx.actor, "users:suspend") && !(ctx.actor.kind === "user" && ctx.actor.userId === user.id),
});

async function shownOf(ctx: HospitalContext, user: User) {
  const invitation = user.status === "invited" ? await readInvitation(ctx, user.id) : null;
  return { ...(await choicesOf(ctx)), invitation, may: mayOf(ctx, user) };
}

const permissionOf: Readonly<Record<UserAct, HospitalPermission>> = {
  "password-reset": "users:update",
  suspension: "users:suspend",
  deactivation: "users:suspend",
  withdrawal: "users:create",
};

const isAct = (text: string): text is UserAct => (userActs as readonly string[]).includes(text);

/** The staff: list, adding, changing, and letting in and out. */
export const usersPages = (services: Services) =>
  new Elysia({ prefix: "/users" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page, query, request }) => {
        const asked = parseForm(listQuery, query);
        const filters = asked.ok ? asked.value : {};
        const [found, roles] = await Promise.all([listUsers(ctx, filters), listAssignableRoles(ctx)]);
        const props = {
          ...{ page, filters, roles, users: found.items, nextCursor: found.nextCursor },
          ...(found.total === undefined ? {} : { total: found.total }),
          mayCreate: may(ctx.actor, "users:create"),
        };
        return html(wantsFragment(request) ? UsersList(props) : UsersPage(props));
      },
      hidden,
    )
    .get(
      "/statistics",
      async ({ ctx, page }) => html(UserStatisticsPage({ page, statistics: await userStatistics(ctx) })),
      hidden,
    )
    .get(
      "/new",
      async ({ ctx, page }) => {
        authorize(ctx.actor, "users:create");
        const key = { idempotencyKey: Bun.randomUUIDv7() };
        const choices = { ...(await choicesOf(ctx)), otherDepartments: [] };
        return html(AddUserPage({ page, form: emptyForm, ...choices, ...key }));
      },
      hidden,
    )
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        authorize(ctx.actor, "users:create");
        try {
          const sent = { ...valuesOf(body), otherDepartmentIds: chosenOf(body, "otherDepartmentIds") };
          if (valuesOf(body)["way"] === "mail") {
            const invited = await inviteUser(ctx, refuseInvalid(parseForm(inviteUserInput, sent)));
            const text = page.t.people.invite.sent(invited.name);
            return goTo(request, "/users", { tone: "success", text });
          }
          const { user, temporaryPassword } = await createUser(
            ctx,
            refuseInvalid(parseForm(createUserInput, sent)),
          );
          return temporaryPassword === null
            ? goTo(request, "/users", { tone: "success", text: page.t.staff.userAdded(user.name) })
            : showPassword(page, user, temporaryPassword);
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          const key = { idempotencyKey: Bun.randomUUIDv7() };
          const otherDepartments = chosenOf(body, "otherDepartmentIds");
          const choices = { ...(await choicesOf(ctx)), otherDepartments };
          return html(AddUserPage({ page, ...refused, ...choices, ...key }), status);
        }
      },
      hidden,
    )
    .get(
      "/:id",
      async ({ ctx, page, params }) => {
        const user = await getUser(ctx, params.id);
        const shown = { ...(await shownOf(ctx, user)), otherDepartments: user.otherDepartmentIds };
        return html(EditUserPage({ page, user, form: formOf(user), ...shown }));
      },
      hidden,
    )
    .post(
      "/:id",
      async ({ ctx, page, params, body, request }) => {
        const user = await getUser(ctx, params.id);
        try {
          refuseBlank(body, ["name", "email", "roleId"]);
          const sent = valuesOf(body);
          const input = refuseInvalid(
            parseForm(changeUserInput, {
              ...sent,
              otherDepartmentIds: chosenOf(body, "otherDepartmentIds"),
            }),
          );
          const blanks = {
            ...(sent["phone"]?.trim() === "" ? { phone: null } : {}),
            ...(sent["departmentId"] === "" ? { departmentId: null } : {}),
          };
          await updateUser(ctx, user.id, { ...input, ...blanks }, versionOf(body));
          return goTo(request, `/users/${user.id}`, { tone: "success", text: page.t.staff.userSaved });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          const otherDepartments = chosenOf(body, "otherDepartmentIds");
          const shown = { ...(await shownOf(ctx, user)), otherDepartments };
          return html(EditUserPage({ page, user, ...refused, ...shown }), status);
        }
      },
      hidden,
    )
    .get(
      "/:id/:act",
      async ({ ctx, page, params }) => {
        const { act } = params;
        if (!isAct(act)) throw new AppError("not-found", "page.not-found", "There is nothing here.");
        authorize(ctx.actor, permissionOf[act]);
        return html(UserActPage({ page, user: await getUser(ctx, params.id), act }));
      },
      hidden,
    )
    .post(
      "/:id/invitation",
      async ({ ctx, page, params, request }) => {
        await resendInvitation(ctx, params.id);
        const text = page.t.people.invite.resent;
        return goTo(request, `/users/${params.id}`, { tone: "success", text });
      },
      hidden,
    )
    .post(
      "/:id/withdrawal",
      async ({ ctx, page, params, request }) => {
        await withdrawInvitation(ctx, params.id);
        return goTo(request, "/users", { tone: "success", text: page.t.people.invite.withdrawn });
      },
      hidden,
    )
    .post(
      "/:id/password-reset",
      async ({ ctx, page, params }) => {
        const { user, temporaryPassword } = await resetUserPassword(ctx, params.id);
        return showPassword(page, user, temporaryPassword);
      },
      hidden,
    )
    .post(
      "/:id/suspension",
      ({ ctx, page, params, request }) => setTo(ctx, page, params.id, "suspended", request),
      hidden,
    )
    .post(
      "/:id/deactivation",
      ({ ctx, page, params, request }) => setTo(ctx, page, params.id, "deactivated", request),
      hidden,
    )
    .post(
      "/:id/activation",
      ({ ctx, page, params, request }) => setTo(ctx, page, params.id, "active", request),
      hidden,
    );

async function setTo(
  ctx: HospitalContext,
  page: Page,
  id: string,
  status: UserStatus,
  request: Request,
): Promise<Response> {
  await setUserStatus(ctx, id, status);
  return goTo(request, `/users/${id}`, { tone: "success", text: page.t.staff.statusChanged[status] });
}

async function showPassword(page: Page, user: User, password: string): Promise<Response> {
  const response = await html(TemporaryPasswordPage({ page, user, password }));
  response.headers.set("cache-control", "no-store");
  return response;
}
