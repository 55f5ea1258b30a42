import { authorize } from "../auth/permissions.ts";
import { healthHistory, latestHealth } from "../owner/health/health.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import { type RestoreState, readRestore } from "./restore-record.ts";

/** Asked this often while somebody watches: whichever copy of the app does the steps, every copy can show them. */
const restoreEveryMs = 300;
const syncEveryMs = 2_000;

/** How far a hospital's restore has come: now, and after every change, until it has ended or `signal` is set. */
export async function* watchRestore(
  owner: OwnerContext,
  tenantId: string,
  signal: AbortSignal,
): AsyncGenerator<RestoreState> {
  authorize(owner.actor, "health:read");
  requireTenant(owner.actor, tenantId);
  let last = "";
  while (!signal.aborted) {
    const state = await readRestore(owner.db, tenantId);
    if (state === null) return;
    const now = JSON.stringify([state.run.status, state.run.tables, state.steps]);
    if (now !== last) yield state;
    last = now;
    if (state.run.status !== "running") return;
    await pause(restoreEveryMs, signal);
  }
}

/** How a hospital's copying stands, with a day's history. */
export async function copyingOf(owner: OwnerContext, tenantId: string) {
  authorize(owner.actor, "health:read");
  requireTenant(owner.actor, tenantId);
  const [health, history, restore] = await Promise.all([
    latestHealth(owner, [tenantId]),
    healthHistory(owner, tenantId),
    readRestore(owner.db, tenantId),
  ]);
  return {
    health: health.get(tenantId) ?? null,
    history: history.checks.filter(({ side }) => side === "primary"),
    restore,
  };
}

export type Copying = Awaited<ReturnType<typeof copyingOf>>;

/** The same, now and after every change, for as long as somebody looks. */
export async function* watchCopying(
  owner: OwnerContext,
  tenantId: string,
  signal: AbortSignal,
): AsyncGenerator<Copying> {
  authorize(owner.actor, "health:read");
  requireTenant(owner.actor, tenantId);
  let last = "";
  while (!signal.aborted) {
    const found = await copyingOf(owner, tenantId);
    const now = JSON.stringify([found.health, found.restore?.run.status, found.history.length]);
    if (now !== last) yield found;
    last = now;
    await pause(syncEveryMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
