import { Elysia, t } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { etagOf, expectedVersion } from "../../http/etag.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { changeDepartmentInput, createDepartmentInput, departmentRow } from "./departments.input.ts";
import { createDepartment, getDepartment, listDepartments, updateDepartment } from "./departments.ts";

const tag = "Departments";
const params = t.Object({ id: t.String({ maxLength: 100 }) });

/** The departments of a hospital. */
export const departmentsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/departments" })
    .use(hospitalApi(services))
    .get("", async ({ ctx }) => json({ items: await listDepartments(ctx), nextCursor: null }), {
      detail: describe({ summary: "List the departments", tag, answers: { 200: listOf(departmentRow) } }),
    })
    .post(
      "",
      async ({ ctx, body }) => {
        const department = await createDepartment(ctx, body);
        return json(department, 201, {
          location: `/api/v1/tenant/departments/${department.id}`,
          etag: etagOf(department),
        });
      },
      {
        body: createDepartmentInput,
        detail: describe({ summary: "Add a department", tag, answers: { 201: departmentRow } }),
      },
    )
    .get(
      "/:id",
      async ({ ctx, params }) => {
        const department = await getDepartment(ctx, params.id);
        return json(department, 200, { etag: etagOf(department) });
      },
      {
        params,
        detail: describe({
          summary: "Read a department",
          ...{ tag, answers: { 200: departmentRow }, errors: ["not-found"] },
        }),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params, body, request }) => {
        const department = await updateDepartment(ctx, params.id, body, expectedVersion(request));
        return json(department, 200, { etag: etagOf(department) });
      },
      {
        params,
        body: changeDepartmentInput,
        detail: describe({
          summary: "Change a department, or take it out of use",
          ...{ tag, answers: { 200: departmentRow }, errors: ["not-found", "precondition-failed"] },
        }),
      },
    );
