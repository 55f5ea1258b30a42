import { Elysia } from "elysia";
import { FactorResetPage, PersonSessionsPage } from "../../../views/account/person-sessions-page.tsx";
import { ownerPages } from "../../http/owner.ts";
import { goTo, html } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import {
  endOperatorSession,
  endOperatorSessions,
  listOperatorSessions,
  resetOperatorSecondFactor,
} from "./operator-sessions.ts";
import { getOperator } from "./operators.ts";

const hidden = { detail: { hide: true } };

/** Where an operator is signed in, and their second factor, for whoever administers them. */
export const operatorSessionsPages = (services: Services) =>
  new Elysia({ prefix: "/operators/:id" })
    .use(ownerPages(services))
    .get(
      "/sessions",
      async ({ ctx, page, params, operator }) => {
        const person = await getOperator(ctx, params.id);
        const sessions = await listOperatorSessions(ctx, person.id);
        return html(
          PersonSessionsPage({
            ...{ page, sessions, name: person.name, href: `/operators/${person.id}` },
            list: { label: page.t.nav.operators, href: "/operators" },
            mayEnd: true,
            mayReset: operator.operatorId !== person.id,
          }),
        );
      },
      hidden,
    )
    .post(
      "/sessions/end",
      async ({ ctx, page, params, request }) => {
        await endOperatorSessions(ctx, params.id);
        const text = page.t.account.allEnded;
        return goTo(request, `/operators/${params.id}/sessions`, { tone: "success", text });
      },
      hidden,
    )
    .post(
      "/sessions/:sessionId/end",
      async ({ ctx, page, params, request }) => {
        await endOperatorSession(ctx, params.id, params.sessionId);
        const text = page.t.account.sessionEnded;
        return goTo(request, `/operators/${params.id}/sessions`, { tone: "success", text });
      },
      hidden,
    )
    .get(
      "/second-factor-reset",
      async ({ ctx, page, params }) => {
        const person = await getOperator(ctx, params.id);
        return html(FactorResetPage({ page, name: person.name, href: `/operators/${person.id}` }));
      },
      hidden,
    )
    .post(
      "/second-factor-reset",
      async ({ ctx, page, params, request }) => {
        await resetOperatorSecondFactor(ctx, params.id);
        const text = page.t.account.factorReset;
        return goTo(request, `/operators/${params.id}/sessions`, { tone: "success", text });
      },
      hidden,
    );
