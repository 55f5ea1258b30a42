import { Elysia, t } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { ownerApi } from "../../http/owner.ts";
import type { Services } from "../../tenancy/services.ts";
import { listPlans } from "./plans.ts";

const planAnswer = t.Object(
  {
    id: t.String({ format: "uuid" }),
    key: t.String(),
    name: t.String(),
    monthlyPriceMinor: t.Integer({ description: "In minor units of the currency." }),
    yearlyPriceMinor: t.Integer({ description: "In minor units of the currency." }),
    currency: t.String(),
    trialDays: t.Integer(),
    limits: t.Object({
      patients: t.Nullable(t.Integer({ description: "Null is unlimited." })),
      users: t.Nullable(t.Integer()),
      storageMegabytes: t.Nullable(t.Integer()),
      apiCallsPerDay: t.Nullable(t.Integer()),
    }),
    features: t.Array(t.String()),
    backupRetentionDays: t.Integer(),
    offered: t.Boolean(),
  },
  { title: "Plan" },
);

/** The plans. */
export const plansApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/plans" })
    .use(ownerApi(services))
    .get("", async ({ ctx }) => ({ items: await listPlans(ctx), nextCursor: null }), {
      detail: describe({ summary: "List plans", tag: "Plans", answers: { 200: listOf(planAnswer) } }),
    });
