import { Elysia } from "elysia";
import { FactorResetPage, PersonSessionsPage } from "../../../views/account/person-sessions-page.tsx";
import { authorize, may } from "../../auth/permissions.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { endUserSession, endUserSessions, listUserSessions, resetUserSecondFactor } from "./user-sessions.ts";
import { getUser } from "./users-list.ts";

const hidden = { detail: { hide: true } };

/** Where one of the staff is signed in, and their second factor, for whoever administers them. */
export const userSessionsPages = (services: Services) =>
  new Elysia({ prefix: "/users/:id" })
    .use(hospitalPages(services))
    .get(
      "/sessions",
      async ({ ctx, page, params }) => {
        const [user, sessions] = await Promise.all([
          getUser(ctx, params.id),
          listUserSessions(ctx, params.id),
        ]);
        const isSelf = ctx.actor.kind === "user" && ctx.actor.userId === user.id;
        return html(
          PersonSessionsPage({
            ...{ page, sessions, name: user.name, href: `/users/${user.id}` },
            list: { label: page.t.staff.users, href: "/users" },
            mayEnd: may(ctx.actor, "users:suspend"),
            mayReset: may(ctx.actor, "users:update") && !isSelf,
          }),
        );
      },
      hidden,
    )
    .post(
      "/sessions/end",
      async ({ ctx, page, params, request }) => {
        await endUserSessions(ctx, params.id);
        const text = page.t.account.allEnded;
        return goTo(request, `/users/${params.id}/sessions`, { tone: "success", text });
      },
      hidden,
    )
    .post(
      "/sessions/:sessionId/end",
      async ({ ctx, page, params, request }) => {
        await endUserSession(ctx, params.id, params.sessionId);
        const text = page.t.account.sessionEnded;
        return goTo(request, `/users/${params.id}/sessions`, { tone: "success", text });
      },
      hidden,
    )
    .get(
      "/second-factor-reset",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "users:update");
        const user = await getUser(ctx, params.id);
        return html(FactorResetPage({ page, name: user.name, href: `/users/${user.id}` }));
      },
      hidden,
    )
    .post(
      "/second-factor-reset",
      async ({ ctx, page, params, request }) => {
        await resetUserSecondFactor(ctx, params.id);
        const text = page.t.account.factorReset;
        return goTo(request, `/users/${params.id}/sessions`, { tone: "success", text });
      },
      hidden,
    );
