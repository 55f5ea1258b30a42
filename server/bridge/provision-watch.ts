import { authorize } from "../auth/permissions.ts";
import { notFound } from "../errors.ts";
import { requireTenant } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import { type ProvisioningState, readProvisioning } from "./provision-record.ts";

/** Asked this often while somebody watches: whichever copy of the app does the steps, every copy can show them. */
const everyMs = 250;

/**
 * How far a hospital's creation has come: now, and after every change, until it is done or has failed or
 * `signal` is set. @throws AppError not-found (404).
 */
export async function* watchProvisioning(
  owner: OwnerContext,
  tenantId: string,
  signal: AbortSignal,
): AsyncGenerator<ProvisioningState> {
  authorize(owner.actor, "tenants:read");
  requireTenant(owner.actor, tenantId);
  let last = "";
  while (!signal.aborted) {
    const state = await readProvisioning(owner.db, tenantId);
    if (state === null) throw notFound("hospital");
    const now = JSON.stringify([state.status, state.steps]);
    if (now !== last) yield state;
    last = now;
    if (state.status !== "running") return;
    await pause(everyMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
