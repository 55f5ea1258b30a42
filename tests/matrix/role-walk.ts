import type { TestApp } from "../support/app.ts";
import type { Badge } from "../support/badges.ts";
import type { Planted } from "./plant.ts";
import { type Asked, addressOf, ask, headersOf, type WalkedRoute } from "./routes.ts";
import { type Findings, isDone, permissionOf, tellsOf } from "./verdicts.ts";

/** Somebody who is signed in at the door that is theirs, with what they may. */
export interface Walker {
  readonly name: string;
  readonly host: string;
  readonly from: string;
  readonly permissions: ReadonlySet<string>;
  /** Headers for a route; made anew where a route before may have ended the session. */
  headers(route: WalkedRoute): Promise<Readonly<Record<string, string>>>;
}

/** Reviewed: what anybody who is signed in may do: their own account, and looks that hold nothing of others. */
const own =
  /^\/(api\/v1\/(tenant|owner)\/auth\/|profile(\/|$)|sign-out$|$)|^\/(support\/leave|privacy|users\/imports\/template\.csv)$|^\/api\/v1\/tenant\/users\/imports\/template$/;

const roleOf = (asked: Pick<Asked, "headers" | "host" | "from">, whole: boolean): Asked => ({
  ...asked,
  whole,
});

/**
 * Which right each route asks for, told by the route itself: somebody without any right asks it for everything, with
 * rows that are there and bodies that fit. Whoever has no right may do nothing but what concerns themselves.
 */
export async function learnRights(
  app: TestApp,
  routes: readonly WalkedRoute[],
  at: Planted,
  walker: Walker,
  findings: Findings,
): Promise<ReadonlyMap<string, string>> {
  const rights = new Map<string, string>();
  for (const route of routes) {
    const { address } = addressOf(route, at.ids);
    const asked = { headers: await walker.headers(route), host: walker.host, from: walker.from };
    const answer = await ask(app, route, address, roleOf(asked, !own.test(route.path)));
    findings.count("without any right");
    const needed = permissionOf(answer);
    if (needed !== null) rights.set(route.name, needed);
    if (answer.status >= 500) findings.leak(route, walker.name, `answered ${answer.status}`);
    else if (own.test(route.path)) continue;
    else if (isDone(answer)) findings.leak(route, walker.name, `answered ${answer.status}`);
    else if (answer.status !== 403 && answer.status !== 404 && answer.status !== 401)
      findings.unproven.push(`${walker.name}: ${route.name} answered ${answer.status}`);
  }
  return rights;
}

/** Walks every route as somebody with some rights: refused where the right is not theirs, and never where it is. */
export async function walkAs(
  app: TestApp,
  routes: readonly WalkedRoute[],
  at: Planted,
  walker: Walker,
  rights: ReadonlyMap<string, string>,
  findings: Findings,
  hidden: readonly Planted[] = [],
): Promise<void> {
  for (const route of routes) {
    const needed = rights.get(route.name);
    const lacks = needed !== undefined && !walker.permissions.has(needed);
    // Whoever may is sent to rows of nobody when they would change something: the walk is to leave no trace.
    const real = lacks || route.method === "GET";
    const { address } = addressOf(route, real ? at.ids : null);
    const asked = { headers: await walker.headers(route), host: walker.host, from: walker.from };
    const answer = await ask(app, route, address, roleOf(asked, lacks));
    findings.count("each role");
    if (isDone(answer)) findings.done += 1;
    const named = permissionOf(answer);
    const told = `answered ${answer.status}`;
    if (answer.status >= 500) findings.leak(route, walker.name, told);
    else if (answer.status === 401) findings.leak(route, walker.name, `${told}, though they are signed in`);
    else if (lacks && isDone(answer)) findings.leak(route, walker.name, `${told} without ${needed}`);
    else if (lacks && answer.status !== 403 && answer.status !== 404)
      findings.unproven.push(`${walker.name}: ${route.name} ${told}`);
    else if (named !== null && walker.permissions.has(named))
      findings.leak(route, walker.name, `${told} for want of ${named}, which they hold`);
    else if (hidden.some((one) => tellsOf(answer, address, one)))
      findings.leak(route, walker.name, `${told} and tells of a hospital that is not theirs`);
  }
}

/** The headers of somebody whose session is made anew after whatever could have ended it. */
export function fresh(open: () => Promise<Badge>): Walker["headers"] {
  let badge: Badge | null = null;
  return async (route) => {
    const current = badge ?? (await open());
    badge = route.method === "GET" ? current : null;
    return headersOf(current, route);
  };
}
