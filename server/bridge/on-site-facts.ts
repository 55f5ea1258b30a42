import type { Tenant } from "../owner/tenants/tenant-status.ts";
import { on, type Session } from "../sync/sides.ts";
import type { SharedFacts } from "../tenancy/directory.ts";
import type { Services } from "../tenancy/services.ts";
import { placesOf } from "./tenant-places.ts";

/** What a copy's row says of the hospital itself; null before its first fill. */
// open: a look-up for what answers a hospital's server
export async function factsOfCopy(copy: Session): Promise<SharedFacts | null> {
  const [row] = await on(
    "copy",
    copy<SharedFacts[]>`
      select name as "companyName", time_zone as "timeZone", currency, language from hospital_settings`,
  );
  return row ?? null;
}

function sharedFacts({ companyName, timeZone, currency, language }: Tenant): SharedFacts {
  return { companyName, timeZone, currency, language };
}

/**
 * Takes over what a hospital changed of itself on its own server: fields that these rows have changed, and no other,
 * so that a change of the owner's that is still on its way there is not undone.
 */
// open: the server has proved who it is; its hospital authorized the change
export async function keepChangedFacts(
  services: Services,
  tenantId: string,
  before: SharedFacts | null,
  after: SharedFacts | null,
): Promise<void> {
  if (before === null || after === null) return;
  const names = ["companyName", "timeZone", "currency", "language"] as const;
  const changed = names.filter((name) => before[name] !== after[name]);
  if (changed.length === 0) return;
  const known = sharedFacts((await placesOf(services, tenantId)).tenant);
  const facts = { ...known, ...Object.fromEntries(changed.map((name) => [name, after[name]])) };
  if (names.every((name) => known[name] === facts[name])) return;
  await services.directory.keepFacts(tenantId, facts, services.clock);
  services.resolver.forget();
}
