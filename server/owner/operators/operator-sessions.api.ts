import { Elysia, t } from "elysia";
import { ownerApi } from "../../http/owner.ts";
import { personSessionDetails } from "../../http/sign-in-docs.ts";
import type { Services } from "../../tenancy/services.ts";
import {
  endOperatorSession,
  endOperatorSessions,
  listOperatorSessions,
  resetOperatorSecondFactor,
} from "./operator-sessions.ts";

const id = t.String({ maxLength: 100 });
const params = t.Object({ id });
const details = personSessionDetails("Operators");
const done = { 204: t.Void() };

/** Where an operator is signed in, and their second factor, for whoever administers them. */
export const operatorSessionsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/operators/:id" })
    .use(ownerApi(services))
    .get(
      "/sessions",
      async ({ ctx, params }) => ({ items: await listOperatorSessions(ctx, params.id), nextCursor: null }),
      { params, detail: details.list },
    )
    .delete(
      "/sessions",
      async ({ ctx, params, set }) => {
        await endOperatorSessions(ctx, params.id);
        set.status = 204;
      },
      { params, detail: details.endAll, response: done },
    )
    .delete(
      "/sessions/:sessionId",
      async ({ ctx, params, set }) => {
        await endOperatorSession(ctx, params.id, params.sessionId);
        set.status = 204;
      },
      { params: t.Object({ id, sessionId: id }), detail: details.end, response: done },
    )
    .delete(
      "/second-factor",
      async ({ ctx, params, set }) => {
        await resetOperatorSecondFactor(ctx, params.id);
        set.status = 204;
      },
      { params, detail: details.reset, response: done },
    );
