import { Elysia, t } from "elysia";
import { searchPeople } from "../../bridge/all-users.ts";
import { askOnSite } from "../../bridge/ask-on-site.ts";
import {
  getTenantUser,
  resetTenantUserPassword,
  setTenantUserRole,
  setTenantUserStatus,
} from "../../bridge/tenant-users.ts";
import { describe } from "../../http/docs.ts";
import { ownerApi } from "../../http/owner.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { asked } from "../nodes/asked.api.ts";
import { commandAnswer } from "../nodes/nodes.input.ts";
import { personAnswer } from "../tenants/tenant-inside.input.ts";
import { ofPerson, peopleAnswer, peopleQuery, roleInput, statusInput } from "./people.input.ts";

const tag = "People";
const errors = ["not-found", "conflict"] as const;
const answers = { 200: personAnswer };
const orAsked = { ...answers, 202: commandAnswer };

/** The people of all hospitals that an operator sees, and what is done with one of them. */
export const peopleApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner" })
    .use(ownerApi(services))
    .get("/users", async ({ ctx, query }) => json(await searchPeople(services, ctx, query)), {
      query: peopleQuery,
      detail: describe({
        summary: "Find people over all hospitals",
        ...{ tag, answers: { 200: peopleAnswer } },
      }),
    })
    .get(
      "/tenants/:id/users/:userId",
      async ({ ctx, params }) => json(await getTenantUser(services, ctx, params.id, params.userId)),
      {
        params: ofPerson,
        detail: describe({ summary: "Read one of a hospital's people", tag, answers, errors }),
      },
    )
    .put(
      "/tenants/:id/users/:userId/status",
      async ({ ctx, params: { id, userId }, body: { status } }) => {
        const command = await askOnSite(services, ctx, id, "set-user-status", { userId, status });
        if (command !== null) return asked(command);
        return json(await setTenantUserStatus(services, ctx, id, userId, status));
      },
      {
        ...{ params: ofPerson, body: statusInput },
        detail: describe({
          summary: "Suspend, deactivate or activate one of a hospital's people",
          ...{ tag, answers: orAsked, errors },
        }),
      },
    )
    .put(
      "/tenants/:id/users/:userId/role",
      async ({ ctx, params: { id, userId }, body: { role } }) => {
        const command = await askOnSite(services, ctx, id, "set-user-role", { userId, role });
        if (command !== null) return asked(command);
        return json(await setTenantUserRole(services, ctx, id, userId, role));
      },
      {
        ...{ params: ofPerson, body: roleInput },
        detail: describe({
          summary: "Give one of a hospital's people another role",
          ...{ tag, answers: orAsked, errors },
        }),
      },
    )
    .post(
      "/tenants/:id/users/:userId/password-reset",
      async ({ ctx, params: { id, userId } }) => {
        const command = await askOnSite(services, ctx, id, "reset-password", { userId });
        if (command !== null) return asked(command);
        const { user, temporaryPassword } = await resetTenantUserPassword(services, ctx, id, userId);
        return json({ ...user, temporaryPassword }, 200, { "cache-control": "no-store" });
      },
      {
        params: ofPerson,
        detail: describe({
          summary: "Give one of a hospital's people a new password, told once",
          tag,
          answers: {
            200: t.Composite([personAnswer, t.Object({ temporaryPassword: t.String() })]),
            202: commandAnswer,
          },
          errors,
        }),
      },
    );
