import { and, asc, inArray, sql } from "drizzle-orm";
import pLimit from "p-limit";
import { asUnavailable } from "../../db/outages.ts";
import { tenants } from "../../db/schema/control/tenants.ts";
import { authorize } from "../auth/permissions.ts";
import { AppError } from "../errors.ts";
import type { User, UserListQuery } from "../hospital/users/users-list.ts";
import { visibleTenants } from "../owner/operators/visible-tenants.ts";
import type { OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { listTenantUsers } from "./tenant-users.ts";

/** Somebody of a hospital, and which. */
export interface PersonOfHospital extends User {
  readonly tenantId: string;
  readonly hospital: string;
}

export interface FoundPeople {
  readonly items: readonly PersonOfHospital[];
  /** Whether there are more than are shown: narrow the search. */
  readonly more: boolean;
  /** Hospitals whose database did not answer just now. */
  readonly unreached: readonly { readonly tenantId: string; readonly hospital: string }[];
}

/** Hospitals asked at the same moment. */
const atOnce = 8;
const hospitalsAtMost = 500;
const longestAnswerMs = 3_000;

/**
 * Looks for people over the hospitals that the operator sees: each hospital's own list is asked, since nothing of
 * its people is kept with the owner. A hospital that does not answer is named, and the others are told of.
 * @throws AppError forbidden (403).
 */
export async function searchPeople(
  services: Services,
  owner: OwnerContext,
  query: Pick<UserListQuery, "search" | "status"> & { readonly tenantId?: string | undefined },
  limit = 50,
): Promise<FoundPeople> {
  authorize(owner.actor, "tenants:users");
  const { tenantId, ...narrowed } = query;
  const hospitals = await owner.db
    .select({ id: tenants.id, name: tenants.companyName })
    .from(tenants)
    .where(
      and(
        inArray(tenants.status, ["active", "suspended"]),
        visibleTenants(owner.actor),
        tenantId === undefined ? undefined : sql`${tenants.id} = ${tenantId}::uuid`,
      ),
    )
    .orderBy(asc(sql`lower(${tenants.companyName})`))
    .limit(hospitalsAtMost);
  const items: PersonOfHospital[] = [];
  const unreached: { tenantId: string; hospital: string }[] = [];
  let more = false;
  await pLimit(atOnce).map(hospitals, async ({ id, name }) => {
    try {
      const found = await withinTime(listTenantUsers(services, owner, id, { ...narrowed, limit }));
      more ||= found.nextCursor !== null;
      items.push(...found.items.map((user) => ({ ...user, tenantId: id, hospital: name })));
    } catch (error) {
      if (asUnavailable(error) === null && !(error instanceof AppError)) throw error;
      unreached.push({ tenantId: id, hospital: name });
    }
  });
  items.sort((a, b) => a.name.localeCompare(b.name) || a.hospital.localeCompare(b.hospital));
  return { items: items.slice(0, limit), more: more || items.length > limit, unreached };
}

function withinTime<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () =>
    reject(new AppError("unavailable", "hospital.unreachable", "The hospital does not answer."));
  const timer = setTimeout(late, longestAnswerMs);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
