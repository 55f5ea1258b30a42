import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { desc, eq } from "drizzle-orm";
import { ownerAudit } from "../../db/schema/control/audit.ts";
import { plans } from "../../db/schema/control/plans.ts";
import { databaseServers, subscriptions, tenants } from "../../db/schema/control/tenants.ts";
import { AppError } from "../../server/errors.ts";
import { listPlans } from "../../server/owner/plans/plans.ts";
import { listServers } from "../../server/owner/servers/servers.ts";
import { advanceSubscriptions } from "../../server/owner/subscriptions/subscriptions.ts";
import {
  activateTenant,
  archiveTenant,
  deleteTenant,
  suspendTenant,
} from "../../server/owner/tenants/tenant-status.ts";
import { getTenant, updateTenant } from "../../server/owner/tenants/tenants.ts";
import { countTenants, listTenants, type TenantQuery } from "../../server/owner/tenants/tenants-list.ts";
import { type OwnerPlane, startOwnerPlane } from "../bridge/owner-plane.ts";

let plane: OwnerPlane;

beforeAll(async () => {
  plane = await startOwnerPlane();
  const { db } = plane.services.connections.control;
  const [server] = await db.select().from(databaseServers).where(eq(databaseServers.purpose, "primary"));
  const all = await db.select().from(plans);
  const planOf = (key: string) => all.find((plan) => plan.key === key)?.id ?? "";
  for (const [index, name] of [
    "Zahra Clinic",
    "Al Shifa",
    "Noor Hospital",
    "Bahar Care",
    "Al Shifa East",
  ].entries()) {
    const slug = name.toLowerCase().replaceAll(" ", "-");
    await db.insert(tenants).values({
      companyName: name,
      subdomain: slug,
      tenantDbName: slug,
      roleName: `wl_${slug}`,
      region: "local",
      planId: planOf(index < 3 ? "trial" : "basic"),
      status: index === 4 ? "suspended" : "active",
      sealedPassword: "-",
      primaryServerId: server?.id ?? "",
      primaryDatabase: slug,
      schemaName: "hospital",
      patientCount: index === 2 ? null : index * 10,
      userCount: 3,
      readyAt: plane.services.clock.now(),
      createdAt: new Date(Date.UTC(2026, 0, 1 + index)),
    });
  }
});
afterAll(async () => {
  await plane.close();
});

const list = (query: TenantQuery) => listTenants(plane.owner(), query);
const names = async (query: TenantQuery) => (await list(query)).items.map((item) => item.companyName);
const idOf = async (subdomain: string): Promise<string> => {
  const [row] = await plane.owner().db.select().from(tenants).where(eq(tenants.subdomain, subdomain));
  return row?.id ?? "";
};
const refused = async (work: Promise<unknown>): Promise<AppError> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`Expected a refusal, got ${String(error)}`);
  return error;
};
const lastEvent = async () => {
  const [row] = await plane.owner().db.select().from(ownerAudit).orderBy(desc(ownerAudit.id)).limit(1);
  return row;
};

describe("the list of hospitals", () => {
  test("is sorted by name, and counts all it finds", async () => {
    const page = await list({});
    expect(page.items.map((item) => item.companyName)).toEqual([
      "Al Shifa",
      "Al Shifa East",
      "Bahar Care",
      "Noor Hospital",
      "Zahra Clinic",
    ]);
    expect(page).toMatchObject({ total: 5, nextCursor: null });
  });

  for (const sort of ["name", "created", "patients", "users"] as const)
    for (const descending of [false, true])
      test(`pages by ${sort}, ${descending ? "down" : "up"}, show each hospital once and in order`, async () => {
        const whole = await names({ sort, descending });
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await list({
            sort,
            descending,
            limit: 2,
            ...(cursor === undefined ? {} : { cursor }),
          });
          seen.push(...page.items.map((item) => item.companyName));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(seen).toEqual(whole);
        expect(new Set(seen).size).toBe(5);
      });

  test("is narrowed by search in name and subdomain, by status and by plan", async () => {
    expect(await names({ search: "shifa" })).toEqual(["Al Shifa", "Al Shifa East"]);
    expect(await names({ search: "AL-SHIFA-E" })).toEqual(["Al Shifa East"]);
    expect(await names({ search: "%" })).toEqual([]);
    expect(await names({ status: "suspended" })).toEqual(["Al Shifa East"]);
    expect(await names({ plan: "basic" })).toEqual(["Al Shifa East", "Bahar Care"]);
  });

  test("refuses a cursor that is not its own, naming it", async () => {
    for (const cursor of [
      "x",
      Buffer.from('["a","b"]').toString("base64url"),
      Buffer.from("[1,2,3]").toString("base64url"),
    ]) {
      const error = await refused(list({ cursor }));
      expect(error).toMatchObject({ kind: "invalid", fields: [{ field: "cursor" }] });
    }
  });

  test("is shown to a group admin, who can change nothing", async () => {
    expect((await listTenants(plane.owner("group-admin"))).items).toHaveLength(5);
    const id = await idOf("noor-hospital");
    expect(await refused(suspendTenant(plane.owner("group-admin"), id, ""))).toMatchObject({
      kind: "forbidden",
    });
    expect(await refused(deleteTenant(plane.owner("admin"), id, "Noor Hospital", ""))).toMatchObject({
      kind: "forbidden",
    });
  });
});

describe("a hospital's facts", () => {
  test("are changed against the version that was seen, with an audit row", async () => {
    const id = await idOf("noor-hospital");
    const owner = plane.owner();
    const before = await getTenant(owner, id);
    const after = await updateTenant(
      owner,
      id,
      { companyName: " Noor  Memorial ", contactPhone: "" },
      before.version,
    );
    expect(after).toMatchObject({ companyName: "Noor Memorial", version: before.version + 1 });
    expect(await lastEvent()).toMatchObject({
      event: "tenant.updated",
      tenantId: id,
      details: { changed: ["companyName"] },
    });
    const stale = await refused(updateTenant(owner, id, { companyName: "Other" }, before.version));
    expect(stale).toMatchObject({ kind: "precondition-failed", code: "row.changed" });
    expect((await getTenant(owner, id)).companyName).toBe("Noor Memorial");
  });

  test("are refused with the fields named", async () => {
    const id = await idOf("bahar-care");
    const error = await refused(
      updateTenant(
        plane.owner(),
        id,
        { companyName: "\u0007", timeZone: "Nowhere", contactEmail: "me", contactPhone: "abc" },
        1,
      ),
    );
    expect(error.fields.map((field) => field.field)).toEqual([
      "companyName",
      "timeZone",
      "contactEmail",
      "contactPhone",
    ]);
  });

  test("of a hospital that is not there are not found", async () => {
    expect(await refused(getTenant(plane.owner(), Bun.randomUUIDv7()))).toMatchObject({ kind: "not-found" });
  });
});

describe("a hospital's state", () => {
  test("goes from active to suspended and back, each with a reason on record", async () => {
    const id = await idOf("zahra-clinic");
    const suspended = await suspendTenant(plane.owner(), id, "Invoice 12 is unpaid");
    expect(suspended).toMatchObject({ status: "suspended", statusReason: "Invoice 12 is unpaid" });
    expect(await lastEvent()).toMatchObject({ event: "tenant.suspended", reason: "Invoice 12 is unpaid" });
    expect(await activateTenant(plane.owner(), id)).toMatchObject({ status: "active", suspendedAt: null });
    expect(await lastEvent()).toMatchObject({ event: "tenant.activated" });
  });

  test("an archived hospital is off the daily list", async () => {
    const id = await idOf("bahar-care");
    await archiveTenant(plane.owner(), id, "");
    expect(await names({})).not.toContain("Bahar Care");
    expect(await names({ status: "archived" })).toEqual(["Bahar Care"]);
    expect(await refused(suspendTenant(plane.owner(), id, ""))).toMatchObject({ code: "tenant.status" });
    await activateTenant(plane.owner(), id);
  });

  test("is deleted only with its name typed, keeps its data 30 days, and can be taken back", async () => {
    const id = await idOf("al-shifa");
    const wrong = await refused(deleteTenant(await plane.proved(), id, "al shifa", ""));
    expect(wrong).toMatchObject({ kind: "invalid", fields: [{ field: "confirmation", code: "not-same" }] });
    const deleted = await deleteTenant(await plane.proved(), id, "Al Shifa", "Contract ended");
    expect(deleted).toMatchObject({ status: "deleting", purgeAfter: new Date("2026-03-31T08:00:00Z") });
    expect(await activateTenant(plane.owner(), id)).toMatchObject({ status: "active", purgeAfter: null });
  });

  test("is counted by kind", async () => {
    expect(await countTenants(plane.owner())).toEqual({ active: 4, suspended: 1 });
  });

  test("every change is announced to all copies of the app, with the hospital's id", async () => {
    const id = await idOf("zahra-clinic");
    const heard = Promise.withResolvers<string>();
    await plane.services.connections.listen("tenants_changed", heard.resolve);
    await suspendTenant(plane.owner(), id, "");
    expect(await heard.promise).toBe(id);
    await activateTenant(plane.owner(), id);
  });
});

test("a subscription goes from trial to past due, grace and restricted, each in its time and on record", async () => {
  const id = await idOf("zahra-clinic");
  const { db } = plane.services.connections.control;
  const [plan] = await db.select().from(plans).where(eq(plans.key, "trial"));
  const now = plane.services.clock.now();
  const trialEndsAt = new Date(now.getTime() + 60_000);
  await db.insert(subscriptions).values({
    tenantId: id,
    planId: plan?.id ?? "",
    status: "trial",
    trialEndsAt,
    periodStartsAt: now,
    statusSince: now,
  });
  const status = async () => {
    const [row] = await db.select().from(subscriptions).where(eq(subscriptions.tenantId, id));
    return row?.status;
  };
  const day = 24 * 60 * 60_000;
  expect(await advanceSubscriptions(plane.owner())).toEqual([]);
  plane.services.clock.advance(60_000);
  expect(await advanceSubscriptions(plane.owner())).toEqual([id]);
  expect(await status()).toBe("past_due");
  expect(await lastEvent()).toMatchObject({
    event: "subscription.moved",
    details: { from: "trial", to: "past_due" },
  });
  expect(await advanceSubscriptions(plane.owner())).toEqual([]);
  plane.services.clock.advance(7 * day);
  await advanceSubscriptions(plane.owner());
  expect(await status()).toBe("grace");
  plane.services.clock.advance(7 * day);
  await advanceSubscriptions(plane.owner());
  expect(await status()).toBe("restricted");
  plane.services.clock.advance(70 * day);
  expect(await advanceSubscriptions(plane.owner())).toEqual([]);
});

test("the five plans and the servers are there from the first start", async () => {
  const keys = (await listPlans(plane.owner())).map((plan) => plan.key);
  expect(keys).toEqual(["trial", "basic", "advanced", "professional", "enterprise"]);
  const servers = await listServers(plane.owner());
  expect(servers.map((server) => `${server.name} ${server.purpose}`)).toEqual([
    "local primary",
    "online copy",
  ]);
  expect(JSON.stringify(servers)).not.toContain("assword");
});
