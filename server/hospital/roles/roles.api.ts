import { Elysia, t } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { etagOf, expectedVersion } from "../../http/etag.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { json } from "../../http/reply.ts";
import { line } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { changeRoleInput, createRoleInput, roleRow } from "./roles.input.ts";
import { copyRole, createRole, deleteRole, getRole, listRoles, updateRole } from "./roles.ts";

const tag = "Roles";
const params = t.Object({ id: t.String({ maxLength: 100 }) });

/** What the people of a hospital may do. */
export const rolesApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/roles" })
    .use(hospitalApi(services))
    .get("", async ({ ctx }) => json({ items: await listRoles(ctx), nextCursor: null }), {
      detail: describe({ summary: "List the roles", tag, answers: { 200: listOf(roleRow) } }),
    })
    .post(
      "",
      async ({ ctx, body }) => {
        const role = await createRole(ctx, body);
        return json(role, 201, { location: `/api/v1/tenant/roles/${role.id}`, etag: etagOf(role) });
      },
      {
        body: createRoleInput,
        detail: describe({
          summary: "Add a role",
          description: "It may hold no right that you do not hold yourself.",
          ...{ tag, answers: { 201: roleRow } },
        }),
      },
    )
    .post(
      "/:id/copies",
      async ({ ctx, params, body }) => {
        const role = await copyRole(ctx, params.id, body.name);
        return json(role, 201, { location: `/api/v1/tenant/roles/${role.id}`, etag: etagOf(role) });
      },
      {
        params,
        body: t.Object({ name: line(80) }),
        detail: describe({
          summary: "Add a role that does what this one does",
          ...{ tag, answers: { 201: roleRow }, errors: ["not-found"] },
        }),
      },
    )
    .get(
      "/:id",
      async ({ ctx, params }) => {
        const role = await getRole(ctx, params.id);
        return json(role, 200, { etag: etagOf(role) });
      },
      {
        params,
        detail: describe({ summary: "Read a role", tag, answers: { 200: roleRow }, errors: ["not-found"] }),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params, body, request }) => {
        const role = await updateRole(ctx, params.id, body, expectedVersion(request));
        return json(role, 200, { etag: etagOf(role) });
      },
      {
        params,
        body: changeRoleInput,
        detail: describe({
          summary: "Change a role",
          description: "Counts for everybody who has it at their next request.",
          ...{ tag, answers: { 200: roleRow }, errors: ["not-found", "conflict", "precondition-failed"] },
        }),
      },
    )
    .delete(
      "/:id",
      async ({ ctx, params }) => {
        await deleteRole(ctx, params.id);
        return new Response(null, { status: 204 });
      },
      {
        params,
        detail: describe({
          summary: "Remove a role of your own that nobody has",
          ...{ tag, answers: { 204: null }, errors: ["not-found", "conflict"] },
        }),
      },
    );
