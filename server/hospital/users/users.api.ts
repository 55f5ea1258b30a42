import { Elysia, t } from "elysia";
import { notFound } from "../../errors.ts";
import { describe, listOf } from "../../http/docs.ts";
import { alreadyHas, etagOf, expectedVersion } from "../../http/etag.ts";
import { factsOf } from "../../http/facts.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { linkHeader } from "../../http/paging.ts";
import { json } from "../../http/reply.ts";
import { oneOf, pagingQuery } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { inviteUser, readInvitation, resendInvitation, withdrawInvitation } from "./invitations.ts";
import { userStatistics } from "./user-statistics.ts";
import { resetUserPassword, settableStatuses, setUserStatus } from "./user-status.ts";
import {
  changeUserInput,
  createUserInput,
  invitationAnswer,
  inviteUserInput,
  userRow,
  userStatisticsAnswer,
  usersFilter,
} from "./users.input.ts";
import { createUser, updateUser } from "./users.ts";
import { getUser, listUsers } from "./users-list.ts";

const tag = "Staff";
const params = t.Object({ id: t.String({ maxLength: 100 }) });
const told = t.Nullable(t.String({ description: "Told this once; to be changed at the first sign-in." }));

/** The staff of a hospital, as people who sign in. */
export const usersApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/users" })
    .use(hospitalApi(services))
    .get(
      "",
      async ({ ctx, query, request }) => {
        const page = await listUsers(ctx, query);
        return json(page, 200, { link: linkHeader(factsOf(request).url, page.nextCursor) });
      },
      {
        query: t.Object({ ...pagingQuery, ...usersFilter }),
        detail: describe({ summary: "List the staff", tag, answers: { 200: listOf(userRow) } }),
      },
    )
    .post(
      "",
      async ({ ctx, body }) => {
        const { user, temporaryPassword } = await createUser(ctx, body);
        return json({ ...user, temporaryPassword }, 201, {
          location: `/api/v1/tenant/users/${user.id}`,
          etag: etagOf(user),
        });
      },
      {
        body: createUserInput,
        detail: describe({
          summary: "Add somebody to the staff",
          description:
            "Without a password one is made and told once. A role that gives more than you hold is refused.",
          tag,
          answers: { 201: t.Object({ ...userRow.properties, temporaryPassword: told }) },
          errors: ["payment-required"],
        }),
      },
    )
    .get("/statistics", async ({ ctx }) => json(await userStatistics(ctx)), {
      detail: describe({
        summary: "The staff in figures: by role, status, department, last sign-in, invitations",
        ...{ tag, answers: { 200: userStatisticsAnswer } },
      }),
    })
    .post(
      "/invitations",
      async ({ ctx, body }) => {
        const user = await inviteUser(ctx, body);
        return json(user, 201, { location: `/api/v1/tenant/users/${user.id}`, etag: etagOf(user) });
      },
      {
        body: inviteUserInput,
        detail: describe({
          summary: "Invite somebody by mail: a link that works once, for seven days",
          description: "Their place in the plan is taken from now on.",
          ...{ tag, answers: { 201: userRow }, errors: ["payment-required"] },
        }),
      },
    )
    .get(
      "/:id/invitation",
      async ({ ctx, params }) => {
        const { id } = await getUser(ctx, params.id);
        const invitation = await readInvitation(ctx, id);
        if (invitation === null) throw notFound("invitation");
        return json(invitation);
      },
      {
        params,
        detail: describe({
          summary: "How somebody's invitation stands",
          ...{ tag, answers: { 200: invitationAnswer }, errors: ["not-found"] },
        }),
      },
    )
    .post("/:id/invitation", async ({ ctx, params }) => json(await resendInvitation(ctx, params.id)), {
      params,
      detail: describe({
        summary: "Send an invitation again, with a fresh link",
        ...{ tag, answers: { 200: userRow }, errors: ["not-found", "conflict"] },
      }),
    })
    .delete(
      "/:id/invitation",
      async ({ ctx, params }) => {
        await withdrawInvitation(ctx, params.id);
        return new Response(null, { status: 204 });
      },
      {
        params,
        detail: describe({
          summary: "Withdraw an invitation; its place in the plan is free again",
          ...{ tag, answers: { 204: null }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .get(
      "/:id",
      async ({ ctx, params, request }) => {
        const user = await getUser(ctx, params.id);
        const etag = etagOf(user);
        return alreadyHas(request, etag)
          ? new Response(null, { status: 304, headers: { etag } })
          : json(user, 200, { etag });
      },
      {
        params,
        detail: describe({
          summary: "Read one of the staff",
          ...{ tag, answers: { 200: userRow, 304: null }, errors: ["not-found"] },
        }),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params, body, request }) => {
        const user = await updateUser(ctx, params.id, body, expectedVersion(request));
        return json(user, 200, { etag: etagOf(user) });
      },
      {
        params,
        body: changeUserInput,
        detail: describe({
          summary: "Change one of the staff",
          ...{ tag, answers: { 200: userRow }, errors: ["not-found", "conflict", "precondition-failed"] },
        }),
      },
    )
    .put(
      "/:id/status",
      async ({ ctx, params, body, request }) => {
        const user = await setUserStatus(ctx, params.id, body.status, expectedVersion(request));
        return json(user, 200, { etag: etagOf(user) });
      },
      {
        params,
        body: t.Object({ status: oneOf(settableStatuses) }),
        detail: describe({
          summary: "Suspend, deactivate or activate one of the staff",
          description: "Whoever is not active is out at once: sessions and tokens end with this.",
          tag,
          answers: { 200: userRow },
          errors: ["not-found", "conflict", "payment-required", "precondition-failed"],
        }),
      },
    )
    .post(
      "/:id/password-reset",
      async ({ ctx, params }) => {
        const { user, temporaryPassword } = await resetUserPassword(ctx, params.id);
        return json({ ...user, temporaryPassword }, 200, { etag: etagOf(user) });
      },
      {
        params,
        detail: describe({
          summary: "Give one of the staff a new password, told once",
          tag,
          answers: { 200: t.Object({ ...userRow.properties, temporaryPassword: told }) },
          errors: ["not-found"],
        }),
      },
    );
