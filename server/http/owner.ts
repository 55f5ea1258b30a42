import { Elysia } from "elysia";
import {
  isOperatorSessionOpen,
  operatorOfCookie,
  operatorOfToken,
  type SignedInOperator,
} from "../auth/owner-actor.ts";
import type { OwnerActor } from "../auth/permissions.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext, OwnerGate } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { ownerContext, ownerGate } from "./contexts.ts";
import { requireVisitorsProof } from "./csrf.ts";
import {
  admitBrowser,
  bearerOf,
  type Entering,
  needSignIn,
  refuseUndoneApi,
  sessionSecretOf,
} from "./entering.ts";
import { factsOf } from "./facts.ts";
import { withAlerts } from "./health-notices.ts";
import { admitKey, apiKeyText, nameProgram, ownerKeyDoor } from "./keys.ts";
import { refuseOtherBodies } from "./media.ts";
import { operatorsPage, strangersPage } from "./page.ts";
import { keyCallsPerMinute, limitApi, limitStranger } from "./rate-limit.ts";
import { withInside } from "./support.ts";

/** The operator whose browser asks; null where nobody is signed in. */
export async function signedInOperator(
  services: Services,
  request: Request,
): Promise<SignedInOperator | null> {
  const secret = sessionSecretOf(request);
  return secret === null ? null : operatorOfCookie(ownerGate(services, request), secret);
}

const ofOneTenant = /^(?:\/api\/v1\/owner\/tenants|\/hospitals)\/:id(?:\/|$)/;

/** Whatever a route does with a hospital: to a group admin those of others are not there. The rules ask again. */
function refuseHiddenTenant(actor: OwnerActor, route: string, params: unknown): void {
  if (!ofOneTenant.test(route)) return;
  const id: unknown = typeof params === "object" && params !== null ? Reflect.get(params, "id") : undefined;
  requireTenant(actor, typeof id === "string" ? id : "");
}

/** What a route's derivation is given; `params` where the route names a hospital. */
export interface OwnerEntering extends Entering {
  readonly params?: unknown;
}

/** Lets a program in by its API key. @throws AppError unauthenticated (401), forbidden (403). */
async function enterOwnerByKey(
  gate: OwnerGate,
  text: string,
  { request, body, route, params }: OwnerEntering,
): Promise<OwnerContext> {
  const key = await admitKey(request, ownerKeyDoor(gate), text);
  refuseHiddenTenant(key.actor, route, params);
  const perMinute = key.callsPerMinute ?? keyCallsPerMinute;
  limitApi(request, { id: key.actor.keyId, perMinute, address: gate.client.address, where: "owner" });
  refuseOtherBodies(request, route, body);
  return ownerContext(gate, key.actor, request, body);
}

/** Lets a program in by its access token: whose it is, as the rules take it. @throws AppError unauthenticated (401). */
export async function enterOwnerApi(
  services: Services,
  { request, body, route, params }: OwnerEntering,
): Promise<OwnerContext> {
  const facts = factsOf(request);
  facts.route = route;
  const gate = ownerGate(services, request);
  const token = bearerOf(request);
  const keyText = apiKeyText(request, token);
  if (keyText !== null) return enterOwnerByKey(gate, keyText, { request, body, route, params });
  const operator = token === null ? null : await operatorOfToken(gate, token);
  if (operator === null) {
    limitStranger(request, gate.client.address);
    throw needSignIn();
  }
  const { sessionId } = operator.actor;
  facts.stillOpen = () => isOperatorSessionOpen(gate, sessionId);
  refuseHiddenTenant(operator.actor, route, params);
  limitApi(request, { id: sessionId, address: gate.client.address, where: "owner" });
  refuseUndoneApi(operator, route);
  refuseOtherBodies(request, route, body);
  return ownerContext(gate, operator.actor, request, body);
}

/** For JSON routes of the owner plane. Runs before validation; cookies count for nothing here. */
export const ownerApi = (services: Services) =>
  new Elysia().derive(
    { as: "scoped" },
    async ({ request, body, route, params }): Promise<{ ctx: OwnerContext }> => ({
      ctx: await enterOwnerApi(services, { request, body, route, params }),
    }),
  );

/** Lets a browser in by its cookie; a change needs the form's proof. @throws AppError unauthenticated (401), forbidden (403). */
export async function enterOwnerPage(services: Services, { request, body, route, params }: OwnerEntering) {
  const facts = factsOf(request);
  facts.route = route;
  const operator = await signedInOperator(services, request);
  if (operator === null) throw needSignIn();
  refuseHiddenTenant(operator.actor, route, params);
  const page = operatorsPage(services, request, operator);
  const gate = ownerGate(services, request);
  const stillOpen = () => isOperatorSessionOpen(gate, operator.actor.sessionId);
  admitBrowser(services, { request, body, route }, operator, { page, stillOpen });
  const ctx = await ownerContext(gate, operator.actor, request, body);
  const whole = await withAlerts(services, ctx, await withInside(ctx, page));
  facts.page = whole;
  return { ctx, page: whole, operator: operator.actor, enrolmentDue: operator.enrolmentDue };
}

/** For pages of the owner portal; a change needs the form's proof. */
export const ownerPages = (services: Services) =>
  new Elysia().derive({ as: "scoped" }, ({ request, body, route, params }) =>
    enterOwnerPage(services, { request, body, route, params }),
  );

/** For routes of the owner portal that are open to strangers (sign-in). */
export const ownerOpen = (services: Services) =>
  new Elysia().derive({ as: "scoped" }, async ({ request, body, route }) => {
    factsOf(request).route = route;
    requireVisitorsProof(request, services.keyring, body);
    const gate = ownerGate(services, request);
    if (route.startsWith("/api/")) {
      await nameProgram(request, ownerKeyDoor(gate));
      refuseOtherBodies(request, route, body);
    }
    return { gate, page: strangersPage(services, request) };
  });
