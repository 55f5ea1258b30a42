import { Elysia, t } from "elysia";
import { checkHospitalHealth } from "../../bridge/health.ts";
import { describe, listOf } from "../../http/docs.ts";
import { etagOf, expectedVersion } from "../../http/etag.ts";
import { ownerApi } from "../../http/owner.ts";
import { json } from "../../http/reply.ts";
import { pagingQuery, uuid } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { getTenant } from "../tenants/tenants.ts";
import { askForLook } from "./ask-for-look.ts";
import {
  alertAnswer,
  databaseHealthAnswer,
  healthRowAnswer,
  pointAnswer,
  rangeQuery,
  stateQuery,
  thresholdsAnswer,
  thresholdsInput,
} from "./health.input.ts";
import { latestHealth, listAlerts } from "./health.ts";
import { listHealth } from "./health-list.ts";
import { readHistory } from "./history.ts";
import { setHealthMail, wantsHealthMail } from "./mails.ts";
import { changeThresholds, getThresholds } from "./thresholds.ts";

const tag = "Health";
const params = t.Object({ id: uuid() });
const mailAnswer = t.Object({ wanted: t.Boolean() }, { title: "Alerts by mail" });
const monthMs = 30 * 24 * 60 * 60_000;

/** Health of all hospitals' databases: the list, the limits, alerts by mail. */
export const healthApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/health" })
    .use(ownerApi(services))
    .get("", async ({ ctx, query }) => json(await listHealth(ctx, query)), {
      query: t.Object({ state: stateQuery, ...pagingQuery }),
      detail: describe({
        summary: "List how both databases of every hospital are, what is worst first",
        ...{ tag, answers: { 200: listOf(healthRowAnswer) } },
      }),
    })
    .post(
      "/checks",
      async ({ ctx }) => {
        await askForLook(services, ctx);
        return json({ asked: true }, 202);
      },
      {
        detail: describe({
          summary: "Have all databases looked at now",
          ...{ tag, answers: { 202: t.Object({ asked: t.Boolean() }) } },
        }),
      },
    )
    .get(
      "/thresholds",
      async ({ ctx }) => {
        const limits = await getThresholds(ctx);
        return json(limits, 200, { etag: etagOf(limits) });
      },
      { detail: describe({ summary: "Read what counts as wrong", tag, answers: { 200: thresholdsAnswer } }) },
    )
    .put(
      "/thresholds",
      async ({ ctx, body, request }) => {
        const limits = await changeThresholds(ctx, body, expectedVersion(request));
        return json(limits, 200, { etag: etagOf(limits) });
      },
      {
        body: thresholdsInput,
        detail: describe({
          summary: "Change what counts as wrong, and how long the history is kept",
          ...{ tag, answers: { 200: thresholdsAnswer }, errors: ["precondition-failed"] },
        }),
      },
    )
    .get("/mails", async ({ ctx }) => json({ wanted: await wantsHealthMail(ctx) }), {
      detail: describe({ summary: "Whether alerts are mailed to you", tag, answers: { 200: mailAnswer } }),
    })
    .put(
      "/mails",
      async ({ ctx, body }) => {
        await setHealthMail(ctx, body.wanted);
        return json({ wanted: body.wanted });
      },
      {
        body: t.Object({ wanted: t.Boolean() }),
        detail: describe({
          summary: "Have alerts mailed to you, or no longer",
          tag,
          answers: { 200: mailAnswer },
        }),
      },
    );

/** Health of one hospital's databases. */
export const databaseHealthApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/tenants/:id/database-health" })
    .use(ownerApi(services))
    .get(
      "",
      async ({ ctx, params: { id }, query }) => {
        await getTenant(ctx, id);
        if (query.fresh === true) await checkHospitalHealth(services, ctx, id);
        const health = (await latestHealth(ctx, [id])).get(id);
        const proofs = [
          health?.primary?.lastVerifiedAt,
          health?.copy?.lastVerifiedAt,
          health?.sync?.verifiedAt,
        ];
        const newest = Math.max(...proofs.map((at) => at?.getTime() ?? 0));
        return json({
          ...health,
          lastVerifiedAt: newest === 0 ? null : new Date(newest),
          lastBackupAt: null,
        });
      },
      {
        ...{
          params,
          query: t.Object({ fresh: t.Optional(t.BooleanString({ description: "Ask both databases now." })) }),
        },
        detail: describe({
          summary: "Read how both databases of a hospital are",
          description: "As last found by the health job. `no-report` where nothing was heard for a while.",
          ...{ tag: "Hospitals", answers: { 200: databaseHealthAnswer }, errors: ["not-found"] },
        }),
      },
    )
    .get(
      "/history",
      async ({ ctx, params: { id }, query }) => {
        await getTenant(ctx, id);
        return json({ items: await readHistory(ctx, id, query.range), nextCursor: null });
      },
      {
        ...{ params, query: t.Object({ range: rangeQuery }) },
        detail: describe({
          summary: "Read how both databases were over 24 hours, 7 or 30 days",
          ...{ tag: "Hospitals", answers: { 200: listOf(pointAnswer) }, errors: ["not-found"] },
        }),
      },
    )
    .get(
      "/alerts",
      async ({ ctx, params: { id } }) => {
        await getTenant(ctx, id);
        const since = new Date(ctx.clock.now().getTime() - monthMs);
        return json({ items: await listAlerts(ctx, id, since), nextCursor: null });
      },
      {
        params,
        detail: describe({
          summary: "List a hospital's alerts: those open, and those that ended in 30 days",
          ...{ tag: "Hospitals", answers: { 200: listOf(alertAnswer) }, errors: ["not-found"] },
        }),
      },
    );
