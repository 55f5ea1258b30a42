import { Elysia } from "elysia";
import { operatorOfCookie, operatorOfToken, type SignedInOperator } from "../auth/owner-actor.ts";
import type { OwnerActor } from "../auth/permissions.ts";
import { AppError } from "../errors.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { ownerContext, ownerGate } from "./contexts.ts";
import { readCookie, sessionCookieName } from "./cookies.ts";
import { refuseForeignForm, requireCsrf } from "./csrf.ts";
import { factsOf } from "./facts.ts";
import { bearerOf } from "./hospital.ts";
import { refuseOtherBodies } from "./media.ts";
import { operatorsPage, strangersPage } from "./page.ts";
import { limitApi } from "./rate-limit.ts";

/** The operator whose browser asks; null where nobody is signed in. */
export async function signedInOperator(
  services: Services,
  request: Request,
): Promise<SignedInOperator | null> {
  const secret = readCookie(request, sessionCookieName(factsOf(request).secure));
  return secret === null || secret.length < 20 || secret.length > 100
    ? null
    : operatorOfCookie(ownerGate(services, request), secret);
}

const needSignIn = () => new AppError("unauthenticated", "auth.session-ended", "Sign in to go on.");

const ofOneTenant = /^(?:\/api\/v1\/owner\/tenants|\/hospitals)\/:id(?:\/|$)/;

/** Whatever a route does with a hospital: to a group admin those of others are not there. The rules ask again. */
function refuseHiddenTenant(actor: OwnerActor, route: string, params: unknown): void {
  if (!ofOneTenant.test(route)) return;
  const id: unknown = typeof params === "object" && params !== null ? Reflect.get(params, "id") : undefined;
  requireTenant(actor, typeof id === "string" ? id : "");
}

/** For JSON routes of the owner plane. Runs before validation; cookies count for nothing here. */
export const ownerApi = (services: Services) =>
  new Elysia().derive(
    { as: "scoped" },
    async ({ request, body, route, params }): Promise<{ ctx: OwnerContext }> => {
      factsOf(request).route = route;
      const gate = ownerGate(services, request);
      const token = bearerOf(request);
      const operator = token === null ? null : await operatorOfToken(gate, token);
      if (operator === null) throw needSignIn();
      refuseHiddenTenant(operator.actor, route, params);
      await limitApi(request, operator.actor.sessionId);
      refuseOtherBodies(request, route, body);
      return { ctx: await ownerContext(gate, operator.actor, request, body) };
    },
  );

/** For pages of the owner portal; a change needs the form's proof. */
export const ownerPages = (services: Services) =>
  new Elysia().derive({ as: "scoped" }, async ({ request, body, route, params }) => {
    const facts = factsOf(request);
    facts.route = route;
    const operator = await signedInOperator(services, request);
    if (operator === null) throw needSignIn();
    refuseHiddenTenant(operator.actor, route, params);
    const page = operatorsPage(services, request, operator);
    facts.page = page;
    requireCsrf(request, services.keyring, operator.actor.sessionId, body);
    const ctx = await ownerContext(ownerGate(services, request), operator.actor, request, body);
    return { ctx, page, operator: operator.actor };
  });

/** For routes of the owner portal that are open to strangers (sign-in). */
export const ownerOpen = (services: Services) =>
  new Elysia().derive({ as: "scoped" }, ({ request, body, route }) => {
    factsOf(request).route = route;
    refuseForeignForm(request);
    if (route.startsWith("/api/")) refuseOtherBodies(request, route, body);
    return { gate: ownerGate(services, request), page: strangersPage(services, request) };
  });
