import { Elysia, t } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { etagOf, expectedVersion } from "../../http/etag.ts";
import { ownerApi, ownerOpen } from "../../http/owner.ts";
import { json } from "../../http/reply.ts";
import { oneOf } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import {
  assignTenants,
  resetOperatorPassword,
  setOperatorStatus,
  updateOperator,
} from "./operator-changes.ts";
import {
  acceptOperatorInvitation,
  inviteOperator,
  resendOperatorInvitation,
  withdrawOperatorInvitation,
} from "./operator-invitations.ts";
import {
  acceptInput,
  assignInput,
  newOperatorInput,
  operatorAnswer,
  operatorChangesInput,
} from "./operators.input.ts";
import { createOperator, getOperator, listOperators } from "./operators.ts";

const tag = "Operators";
const params = t.Object({ id: t.String({ maxLength: 100 }) });
const errors = ["not-found", "conflict"] as const;
const one = { 200: operatorAnswer };

/** The people of the owner portal. */
export const operatorsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/operators" })
    .use(ownerApi(services))
    .get("", async ({ ctx }) => json({ items: await listOperators(ctx), nextCursor: null }), {
      detail: describe({ summary: "List the operators", tag, answers: { 200: listOf(operatorAnswer) } }),
    })
    .post(
      "",
      async ({ ctx, body }) => {
        const { password, ...person } = body;
        const operator =
          password === undefined
            ? await inviteOperator(ctx, person)
            : await createOperator(ctx, { ...person, password, mustChangePassword: true });
        return json(operator, 201, {
          location: `/api/v1/owner/operators/${operator.id}`,
          etag: etagOf(operator),
        });
      },
      {
        body: newOperatorInput,
        detail: describe({
          summary: "Invite an operator, or add one with a password",
          ...{ tag, answers: { 201: operatorAnswer }, errors: ["conflict"] },
        }),
      },
    )
    .get(
      "/:id",
      async ({ ctx, params }) => {
        const operator = await getOperator(ctx, params.id);
        return json(operator, 200, { etag: etagOf(operator) });
      },
      {
        params,
        detail: describe({ summary: "Read an operator", tag, answers: one, errors: ["not-found"] }),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params, body, request }) => {
        const operator = await updateOperator(ctx, params.id, body, expectedVersion(request));
        return json(operator, 200, { etag: etagOf(operator) });
      },
      {
        ...{ params, body: operatorChangesInput },
        detail: describe({
          summary: "Change an operator's name, address or role",
          description: "Nobody changes their own role, and the last active super-admin stays one.",
          ...{ tag, answers: one, errors: [...errors, "precondition-failed"] },
        }),
      },
    )
    .put(
      "/:id/status",
      async ({ ctx, params, body, request }) =>
        json(await setOperatorStatus(ctx, params.id, body.status, expectedVersion(request))),
      {
        params,
        body: t.Object({ status: oneOf(["active", "suspended"]) }),
        detail: describe({
          summary: "Suspend an operator, or let them in again",
          ...{ tag, answers: one, errors: [...errors, "precondition-failed"] },
        }),
      },
    )
    .put(
      "/:id/tenants",
      async ({ ctx, params, body }) => json(await assignTenants(ctx, params.id, body.tenantIds)),
      {
        ...{ params, body: assignInput },
        detail: describe({ summary: "Say which hospitals a group admin sees", tag, answers: one, errors }),
      },
    )
    .post(
      "/:id/password-reset",
      async ({ ctx, params }) => {
        const { operator, temporaryPassword } = await resetOperatorPassword(ctx, params.id);
        return json({ ...operator, temporaryPassword }, 200, { "cache-control": "no-store" });
      },
      {
        params,
        detail: describe({
          summary: "Give an operator a new password, told once",
          tag,
          answers: { 200: t.Object({ ...operatorAnswer.properties, temporaryPassword: t.String() }) },
          errors,
        }),
      },
    )
    .post(
      "/:id/invitation",
      async ({ ctx, params }) => json(await resendOperatorInvitation(ctx, params.id)),
      { params, detail: describe({ summary: "Send an invitation again", tag, answers: one, errors }) },
    )
    .delete(
      "/:id/invitation",
      async ({ ctx, params }) => {
        await withdrawOperatorInvitation(ctx, params.id);
        return new Response(null, { status: 204 });
      },
      {
        params,
        detail: describe({ summary: "Withdraw an invitation", tag, answers: { 204: null }, errors }),
      },
    );

/** Coming in by invitation; there is no other way to sign up. */
export const operatorSignUpApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/auth" })
    .use(ownerOpen(services))
    .post("/signup", async ({ gate, body }) => json(await acceptOperatorInvitation(gate, body), 201), {
      body: acceptInput,
      detail: describe({
        summary: "Come in by an invitation: choose a name and a password",
        tag: "Sign-in (owner)",
        answers: {
          201: t.Object({ id: t.String({ format: "uuid" }), name: t.String(), email: t.String() }),
        },
        errors: ["gone"],
        open: true,
      }),
    });
