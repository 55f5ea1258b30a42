import { and, asc, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { plans } from "../../../db/schema/control/plans.ts";
import {
  databaseServers,
  subscriptions,
  type TenantStatus,
  tenants,
} from "../../../db/schema/control/tenants.ts";
import { authorize } from "../../auth/permissions.ts";
import { isId } from "../../input.ts";
import { decodeCursor, encodeCursor, type PageOf } from "../../paging.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import { visibleTenants } from "../operators/visible-tenants.ts";

export const tenantSorts = ["name", "created", "patients", "users"] as const;
export type TenantSort = (typeof tenantSorts)[number];

/** What the list is narrowed to. Archived and erased hospitals are shown only where their status is asked for. */
export interface TenantQuery {
  readonly search?: string | undefined;
  readonly status?: TenantStatus | undefined;
  /** The plan's key. */
  readonly plan?: string | undefined;
  readonly sort?: TenantSort | undefined;
  readonly descending?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

const everyday: readonly TenantStatus[] = ["provisioning", "active", "suspended", "deleting"];

const columns = {
  id: tenants.id,
  companyName: tenants.companyName,
  subdomain: tenants.subdomain,
  status: tenants.status,
  statusReason: tenants.statusReason,
  region: tenants.region,
  plan: plans.key,
  planName: plans.name,
  subscriptionStatus: subscriptions.status,
  trialEndsAt: subscriptions.trialEndsAt,
  isolation: tenants.isolation,
  tenantDbName: tenants.tenantDbName,
  primaryServer: databaseServers.name,
  primaryDatabase: tenants.primaryDatabase,
  copyDatabase: tenants.copyDatabase,
  customDomain: tenants.customDomain,
  timeZone: tenants.timeZone,
  currency: tenants.currency,
  language: tenants.language,
  contactEmail: tenants.contactEmail,
  contactPhone: tenants.contactPhone,
  patientCount: tenants.patientCount,
  userCount: tenants.userCount,
  usageAt: tenants.usageAt,
  limits: plans.limits,
  readyAt: tenants.readyAt,
  suspendedAt: tenants.suspendedAt,
  archivedAt: tenants.archivedAt,
  deletedAt: tenants.deletedAt,
  purgeAfter: tenants.purgeAfter,
  createdAt: tenants.createdAt,
  updatedAt: tenants.updatedAt,
  version: tenants.version,
} as const;

/** A hospital with its plan, as the owner sees it: no credentials. */
export type TenantSummary = Awaited<ReturnType<typeof rowsOf>>[number];

const sortKeys: Readonly<Record<TenantSort, SQL>> = {
  name: sql`lower(${tenants.companyName})`,
  created: sql`${tenants.createdAt}`,
  patients: sql`coalesce(${tenants.patientCount}, -1)`,
  users: sql`coalesce(${tenants.userCount}, -1)`,
};

const castOf: Readonly<Record<TenantSort, SQL>> = {
  name: sql`::text`,
  created: sql`::timestamptz`,
  patients: sql`::integer`,
  users: sql`::integer`,
};

/**
 * Hospitals, narrowed, sorted and paged by key: the next page begins after the last row seen, however the list
 * changes in between. `total` counts all that the query finds.
 * @throws AppError invalid (422) for a cursor that is not of this list.
 */
export async function listTenants(
  context: OwnerContext,
  query: TenantQuery = {},
): Promise<PageOf<TenantSummary>> {
  authorize(context.actor, "tenants:read");
  const sort = query.sort ?? "name";
  const limit = query.limit ?? 20;
  const key = sortKeys[sort];
  const found = and(narrowed(query), visibleTenants(context.actor));
  const [rows, total] = await Promise.all([
    rowsOf(context, and(found, beyond(query, sort)), key, query.descending ?? false, limit + 1),
    countOf(context, found),
  ]);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor =
    rows.length > limit && last !== undefined ? encodeCursor([keyOf(last, sort), last.id]) : null;
  return { items, nextCursor, total };
}

/** How many hospitals there are of each state. */
export async function countTenants(
  context: OwnerContext,
): Promise<Readonly<Partial<Record<TenantStatus, number>>>> {
  authorize(context.actor, "tenants:read");
  const rows = await context.db
    .select({ status: tenants.status, hospitals: sql<number>`count(*)::int` })
    .from(tenants)
    .where(visibleTenants(context.actor))
    .groupBy(tenants.status);
  return Object.fromEntries(rows.map((row) => [row.status, row.hospitals]));
}

function rowsOf(context: OwnerContext, where: SQL | undefined, key: SQL, descending: boolean, limit: number) {
  const order = descending ? desc : asc;
  return context.db
    .select(columns)
    .from(tenants)
    .innerJoin(plans, eq(plans.id, tenants.planId))
    .innerJoin(databaseServers, eq(databaseServers.id, tenants.primaryServerId))
    .leftJoin(subscriptions, eq(subscriptions.tenantId, tenants.id))
    .where(where)
    .orderBy(order(key), order(tenants.id))
    .limit(limit);
}

async function countOf(context: OwnerContext, where: SQL | undefined): Promise<number> {
  const [row] = await context.db
    .select({ total: sql<number>`count(*)::int` })
    .from(tenants)
    .innerJoin(plans, eq(plans.id, tenants.planId))
    .where(where);
  return row?.total ?? 0;
}

function narrowed({ search, status, plan }: TenantQuery): SQL | undefined {
  const words = (search ?? "").trim().toLowerCase();
  const pattern = `%${words.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return and(
    status === undefined ? inArray(tenants.status, [...everyday]) : eq(tenants.status, status),
    plan === undefined ? undefined : eq(plans.key, plan),
    words === ""
      ? undefined
      : sql`(lower(${tenants.companyName}) || ' ' || ${tenants.subdomain}) like ${pattern}`,
  );
}

function beyond({ cursor, descending }: TenantQuery, sort: TenantSort): SQL | undefined {
  if (cursor === undefined) return undefined;
  const [value, id] = decodeCursor(cursor, 2);
  if (!isId(id) || !fits(value, sort)) decodeCursor("", 2);
  const after = sql`(${value}${castOf[sort]}, ${id}::uuid)`;
  return descending
    ? sql`(${sortKeys[sort]}, ${tenants.id}) < ${after}`
    : sql`(${sortKeys[sort]}, ${tenants.id}) > ${after}`;
}

function fits(value: string | number | null | undefined, sort: TenantSort): boolean {
  if (sort === "name") return typeof value === "string" && !value.includes("\u0000");
  if (sort === "created") return typeof value === "string" && !Number.isNaN(Date.parse(value));
  return Number.isInteger(value);
}

function keyOf(row: TenantSummary, sort: TenantSort): string | number {
  if (sort === "name") return row.companyName.toLowerCase();
  if (sort === "created") return row.createdAt.toISOString();
  return (sort === "patients" ? row.patientCount : row.userCount) ?? -1;
}

/** One hospital as the list shows it; null where there is none of that id. */
// open: a look-up inside rules that have authorized
export async function findTenant(context: OwnerContext, id: string): Promise<TenantSummary | null> {
  const [row] = await rowsOf(
    context,
    and(eq(tenants.id, id), visibleTenants(context.actor)),
    sortKeys.created,
    false,
    1,
  );
  return row ?? null;
}
