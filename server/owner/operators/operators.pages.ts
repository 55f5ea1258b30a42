import { Elysia } from "elysia";
import { AddOperatorPage } from "../../../views/owner/operators/add-operator-page.tsx";
import {
  type OperatorAct,
  OperatorActPage,
  operatorActs,
} from "../../../views/owner/operators/operator-acts.tsx";
import { OperatorPage } from "../../../views/owner/operators/operator-page.tsx";
import { OperatorsPage } from "../../../views/owner/operators/operators-page.tsx";
import type { Page } from "../../../views/page.ts";
import { PasswordOncePage } from "../../../views/people/password-once-page.tsx";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { generatePassword } from "../../auth/generate-password.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError } from "../../errors.ts";
import { chosenOf, refusalOf, refuseBlank, refuseInvalid, valuesOf, versionOf } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { listTenants } from "../tenants/tenants-list.ts";
import {
  assignTenants,
  resetOperatorPassword,
  setOperatorStatus,
  updateOperator,
} from "./operator-changes.ts";
import {
  inviteOperator,
  resendOperatorInvitation,
  withdrawOperatorInvitation,
} from "./operator-invitations.ts";
import { assignInput, newOperatorInput, operatorChangesInput } from "./operators.input.ts";
import { createOperator, getOperator, listOperators, type OperatorSummary } from "./operators.ts";

const hidden = { detail: { hide: true } };
const isAct = (text: string): text is OperatorAct => (operatorActs as readonly string[]).includes(text);

/** Operators: list, invitation, changes, the hospitals of a group admin. */
export const operatorsPages = (services: Services) =>
  new Elysia({ prefix: "/operators" })
    .use(ownerPages(services))
    .get(
      "",
      async ({ ctx, page }) => html(OperatorsPage({ page, operators: await listOperators(ctx) })),
      hidden,
    )
    .get(
      "/new",
      ({ ctx, page }) => {
        authorize(ctx.actor, "operators:edit");
        return html(AddOperatorPage({ page, form: { values: { role: "admin" }, errors: [] } }));
      },
      hidden,
    )
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        authorize(ctx.actor, "operators:edit");
        try {
          const { name, email, role } = refuseInvalid(parseForm(newOperatorInput, body));
          if (valuesOf(body)["way"] === "password") {
            const password = generatePassword();
            const made = await createOperator(ctx, { name, email, role, password, mustChangePassword: true });
            return told(page, made, password);
          }
          const invited = await inviteOperator(ctx, { name, email, role });
          return back(request, invited.id, page.t.people.operators.invited(invited.name));
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          return html(AddOperatorPage({ page, ...refused }), status);
        }
      },
      hidden,
    )
    .get(
      "/:id",
      async ({ ctx, page, params }) => {
        const operator = await getOperator(ctx, params.id);
        const { name, email, role } = operator;
        const form = { ...emptyForm, values: { name, email, role } };
        return html(OperatorPage({ page, operator, form, hospitals: await hospitalsOf(ctx) }));
      },
      hidden,
    )
    .post(
      "/:id",
      async ({ ctx, page, params, body, request }) => {
        const operator = await getOperator(ctx, params.id);
        try {
          refuseBlank(body, ["name", "email"]);
          const input = refuseInvalid(parseForm(operatorChangesInput, body));
          await updateOperator(ctx, operator.id, input, versionOf(body));
          return back(request, operator.id, page.t.people.operators.saved);
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          const hospitals = await hospitalsOf(ctx);
          return html(OperatorPage({ page, operator, ...refused, hospitals }), status);
        }
      },
      hidden,
    )
    .post(
      "/:id/hospitals",
      async ({ ctx, page, params, body, request }) => {
        const tenantIds = chosenOf(body, "tenantIds");
        const input = refuseInvalid(parseForm(assignInput, { tenantIds }));
        await assignTenants(ctx, params.id, input.tenantIds);
        return back(request, params.id, page.t.people.operators.assigned);
      },
      hidden,
    )
    .get(
      "/:id/:act",
      async ({ ctx, page, params: { id, act } }) => {
        if (!isAct(act)) throw new AppError("not-found", "page.not-found", "There is nothing here.");
        return html(OperatorActPage({ page, act, operator: await getOperator(ctx, id) }));
      },
      hidden,
    )
    .post(
      "/:id/suspension",
      async ({ ctx, page, params, request }) => {
        await setOperatorStatus(ctx, params.id, "suspended");
        return back(request, params.id, page.t.staff.statusChanged.suspended);
      },
      hidden,
    )
    .post(
      "/:id/activation",
      async ({ ctx, page, params, request }) => {
        await setOperatorStatus(ctx, params.id, "active");
        return back(request, params.id, page.t.staff.statusChanged.active);
      },
      hidden,
    )
    .post(
      "/:id/password-reset",
      async ({ ctx, page, params }) => {
        const { operator, temporaryPassword } = await resetOperatorPassword(ctx, params.id);
        return told(page, operator, temporaryPassword);
      },
      hidden,
    )
    .post(
      "/:id/invitation",
      async ({ ctx, page, params, request }) => {
        await resendOperatorInvitation(ctx, params.id);
        return back(request, params.id, page.t.people.invite.resent);
      },
      hidden,
    )
    .post(
      "/:id/withdrawal",
      async ({ ctx, page, params, request }) => {
        await withdrawOperatorInvitation(ctx, params.id);
        return goTo(request, "/operators", { tone: "success", text: page.t.people.invite.withdrawn });
      },
      hidden,
    );

const back = (request: Request, id: string, text: string) =>
  goTo(request, `/operators/${id}`, { tone: "success", text });

async function hospitalsOf(ctx: OwnerContext) {
  const all: { readonly id: string; readonly name: string }[] = [];
  let cursor: string | undefined;
  do {
    const page = await listTenants(ctx, { limit: 100, cursor });
    all.push(...page.items.map(({ id, companyName: name }) => ({ id, name })));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

async function told(page: Page, operator: OperatorSummary, password: string): Promise<Response> {
  const next = `/operators/${operator.id}`;
  const response = await html(PasswordOncePage({ page, person: operator, password, next }));
  response.headers.set("cache-control", "no-store");
  return response;
}
