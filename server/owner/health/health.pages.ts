import { Elysia } from "elysia";
import { HealthNow, HealthPage } from "../../../views/owner/health/health-page.tsx";
import { HospitalHealthNow, HospitalHealthPage } from "../../../views/owner/health/hospital-health-page.tsx";
import { ThresholdsPage } from "../../../views/owner/health/thresholds-page.tsx";
import type { Page } from "../../../views/page.ts";
import { may } from "../../auth/permissions.ts";
import { checkHospitalHealth } from "../../bridge/health.ts";
import { notFound } from "../../errors.ts";
import { eventStream } from "../../http/event-stream.ts";
import { type Refusal, refusalOf, refuseInvalid, valuesOf, versionOf } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { getTenant } from "../tenants/tenants.ts";
import { askForLook } from "./ask-for-look.ts";
import { thresholdsForm } from "./health.input.ts";
import { latestHealth, listAlerts } from "./health.ts";
import { type HealthRow, healthStates, listHealth } from "./health-list.ts";
import { healthRanges, readHistory } from "./history.ts";
import { setHealthMail, wantsHealthMail } from "./mails.ts";
import { changeThresholds, getThresholds, type Thresholds } from "./thresholds.ts";
import { watchHealth } from "./watch.ts";

const hidden = { detail: { hide: true } };
const monthMs = 30 * 24 * 60 * 60_000;
type Query = Readonly<Record<string, string | undefined>>;

/** Health of all hospitals' databases, of one, and what counts as wrong. */
export const healthPages = (services: Services) =>
  new Elysia()
    .use(ownerPages(services))
    .get("/health", async ({ ctx, page, query }) => html(HealthPage(await propsOf(ctx, page, query))), hidden)
    .get(
      "/health/events",
      ({ ctx, page, query, request }) =>
        eventStream(request, async function* (signal) {
          for await (const _ of watchHealth(services, ctx, signal)) {
            const now = { ...page, now: ctx.clock.now() };
            yield { event: null, data: String(await HealthNow(await propsOf(ctx, now, query))) };
          }
        }),
      hidden,
    )
    .post(
      "/health/checks",
      async ({ ctx, page, request }) => {
        await askForLook(services, ctx);
        return goTo(request, "/health", { tone: "info", text: page.t.health.checkAsked });
      },
      hidden,
    )
    .post(
      "/health/mails",
      async ({ ctx, page, body, request }) => {
        const wanted = valuesOf(body)["wanted"] === "yes";
        await setHealthMail(ctx, wanted);
        const { mailIsOn, mailIsOff } = page.t.health;
        return goTo(request, "/health", { tone: "success", text: wanted ? mailIsOn : mailIsOff });
      },
      hidden,
    )
    .get("/health/limits", async ({ ctx, page }) => limitsView(ctx, page, await getThresholds(ctx)), hidden)
    .post(
      "/health/limits",
      async ({ ctx, page, body, request }) => {
        try {
          const { sizeGigabytes, ...sent } = valuesOf(body);
          const filled = { ...sent, ...(sizeGigabytes?.trim() ? { sizeGigabytes } : {}) };
          const limits = refuseInvalid(parseForm(thresholdsForm, filled));
          const change = { ...limits, sizeGigabytes: limits.sizeGigabytes ?? null };
          await changeThresholds(ctx, change, versionOf(body));
          return goTo(request, "/health/limits", { tone: "success", text: page.t.health.thresholds.saved });
        } catch (error) {
          const refused = refusalOf(page, body, error);
          if (refused.status === 403) throw error;
          return limitsView(ctx, page, await getThresholds(ctx), refused);
        }
      },
      hidden,
    )
    .get(
      "/hospitals/:id/health",
      async ({ ctx, page, params: { id }, query }) => {
        const range = healthRanges.find((one) => one === (query as Query)["range"]) ?? "24h";
        const since = new Date(ctx.clock.now().getTime() - monthMs);
        const [health, points, alerts] = await Promise.all([
          rowOf(ctx, id),
          readHistory(ctx, id, range),
          listAlerts(ctx, id, since),
        ]);
        return html(HospitalHealthPage({ page, health, range, points, alerts }));
      },
      hidden,
    )
    .get(
      "/hospitals/:id/health/events",
      async ({ ctx, page, params: { id }, request }) => {
        await rowOf(ctx, id);
        return eventStream(request, async function* (signal) {
          for await (const _ of watchHealth(services, ctx, signal)) {
            const now = { ...page, now: ctx.clock.now() };
            yield {
              event: null,
              data: String(await HospitalHealthNow({ page: now, health: await rowOf(ctx, id) })),
            };
          }
        });
      },
      hidden,
    )
    .post(
      "/hospitals/:id/health/checks",
      async ({ ctx, page, params: { id }, request }) => {
        await getTenant(ctx, id);
        await checkHospitalHealth(services, ctx, id);
        return goTo(request, `/hospitals/${id}/health`, { tone: "success", text: page.t.health.checked });
      },
      hidden,
    );

async function propsOf(ctx: OwnerContext, page: Page, query: Query) {
  const state = healthStates.find((one) => one === query["state"]) ?? null;
  const cursor = query["cursor"] ?? null;
  const [list, wanted] = await Promise.all([
    listHealth(ctx, { ...(state === null ? {} : { state }), ...(cursor === null ? {} : { cursor }) }),
    wantsHealthMail(ctx),
  ]);
  const mailed = ctx.actor.kind === "operator" ? wanted : null;
  return { page, list, state, cursor, mailed, mayCheck: may(ctx.actor, "health:edit") };
}

async function rowOf(ctx: OwnerContext, id: string): Promise<HealthRow> {
  const { companyName, subdomain, copyDatabase } = await getTenant(ctx, id);
  const health = (await latestHealth(ctx, [id])).get(id);
  if (health === undefined) throw notFound("hospital");
  return { ...health, companyName, subdomain, copyDatabase };
}

function limitsView(ctx: OwnerContext, page: Page, limits: Thresholds, refused?: Refusal): Promise<Response> {
  const { version, updatedAt: _at, ...figures } = limits;
  const values = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, value === null ? undefined : String(value)]),
  );
  return html(
    ThresholdsPage({
      ...{ page, version, form: refused?.form ?? { values, errors: [] } },
      mayEdit: may(ctx.actor, "health:edit"),
      ...(refused?.whole === undefined ? {} : { whole: refused.whole }),
    }),
    refused?.status ?? 200,
  );
}
