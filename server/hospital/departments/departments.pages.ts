import { Elysia } from "elysia";
import { DepartmentPage, DepartmentsPage } from "../../../views/hospital/departments/departments-pages.tsx";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { authorize, may } from "../../auth/permissions.ts";
import { refusalOf, refuseBlank, refuseInvalid, valuesOf, versionOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { changeDepartmentInput, createDepartmentInput } from "./departments.input.ts";
import { createDepartment, getDepartment, listDepartments, updateDepartment } from "./departments.ts";

const hidden = { detail: { hide: true } };

/** The departments: list and form. */
export const departmentsPages = (services: Services) =>
  new Elysia({ prefix: "/departments" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page }) => {
        const departments = await listDepartments(ctx);
        return html(DepartmentsPage({ page, departments, mayEdit: may(ctx.actor, "departments:edit") }));
      },
      hidden,
    )
    .get(
      "/new",
      ({ ctx, page }) => {
        authorize(ctx.actor, "departments:edit");
        return html(DepartmentPage({ page, form: emptyForm, department: null }));
      },
      hidden,
    )
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        authorize(ctx.actor, "departments:edit");
        try {
          await createDepartment(ctx, refuseInvalid(parseForm(createDepartmentInput, body)));
          return goTo(request, "/departments", { tone: "success", text: page.t.staff.departmentSaved });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          return html(DepartmentPage({ page, ...refused, department: null }), status);
        }
      },
      hidden,
    )
    .get(
      "/:id",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "departments:edit");
        const department = await getDepartment(ctx, params.id);
        const { name, description, active } = department;
        const values = { name, description: description ?? undefined, active: String(active) };
        return html(DepartmentPage({ page, department, form: { values, errors: [] } }));
      },
      hidden,
    )
    .post(
      "/:id",
      async ({ ctx, page, params, body, request }) => {
        authorize(ctx.actor, "departments:edit");
        const department = await getDepartment(ctx, params.id);
        try {
          const sent = valuesOf(body);
          refuseBlank(sent, ["name"]);
          const input = refuseInvalid(parseForm(changeDepartmentInput, sent));
          const whole = { ...input, active: sent["active"] === "true" };
          const blank = sent["description"]?.trim() === "" ? { description: null } : {};
          await updateDepartment(ctx, department.id, { ...whole, ...blank }, versionOf(body));
          return goTo(request, "/departments", { tone: "success", text: page.t.staff.departmentSaved });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          return html(DepartmentPage({ page, ...refused, department }), status);
        }
      },
      hidden,
    );
