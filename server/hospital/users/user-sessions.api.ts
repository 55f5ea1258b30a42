import { Elysia, t } from "elysia";
import { hospitalApi } from "../../http/hospital.ts";
import { personSessionDetails } from "../../http/sign-in-docs.ts";
import type { Services } from "../../tenancy/services.ts";
import { endUserSession, endUserSessions, listUserSessions, resetUserSecondFactor } from "./user-sessions.ts";

const id = t.String({ maxLength: 100 });
const params = t.Object({ id });
const details = personSessionDetails("Staff");
const done = { 204: t.Void() };

/** Where one of the staff is signed in, and their second factor, for whoever administers them. */
export const userSessionsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/users/:id" })
    .use(hospitalApi(services))
    .get(
      "/sessions",
      async ({ ctx, params }) => ({ items: await listUserSessions(ctx, params.id), nextCursor: null }),
      { params, detail: details.list },
    )
    .delete(
      "/sessions",
      async ({ ctx, params, set }) => {
        await endUserSessions(ctx, params.id);
        set.status = 204;
      },
      { params, detail: details.endAll, response: done },
    )
    .delete(
      "/sessions/:sessionId",
      async ({ ctx, params, set }) => {
        await endUserSession(ctx, params.id, params.sessionId);
        set.status = 204;
      },
      { params: t.Object({ id, sessionId: id }), detail: details.end, response: done },
    )
    .delete(
      "/second-factor",
      async ({ ctx, params, set }) => {
        await resetUserSecondFactor(ctx, params.id);
        set.status = 204;
      },
      { params, detail: details.reset, response: done },
    );
