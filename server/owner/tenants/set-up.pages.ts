import { Elysia } from "elysia";
import { SetUpPage, SetUpState } from "../../../views/owner/set-up/set-up-page.tsx";
import type { Page } from "../../../views/page.ts";
import { authorize } from "../../auth/permissions.ts";
import { askOnSite } from "../../bridge/ask-on-site.ts";
import { getProvisioning, retryProvisioning, tellFirstPassword } from "../../bridge/provision.ts";
import { watchProvisioning } from "../../bridge/provision-watch.ts";
import { pushHospital, verifyHospital } from "../../bridge/sync.ts";
import { eventStream } from "../../http/event-stream.ts";
import { ownerPages } from "../../http/owner.ts";
import { portalAddress } from "../../http/portal-address.ts";
import { goTo, html } from "../../http/reply.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { askedPage } from "../nodes/asked.pages.ts";
import { getTenant } from "./tenants.ts";

const hidden = { detail: { hide: true } };

/** A hospital's creation as it goes on, its first password, and the copying that is asked for by hand. */
export const setUpPages = (services: Services) =>
  new Elysia({ prefix: "/hospitals/:id" })
    .use(ownerPages(services))
    .get(
      "/set-up",
      async ({ ctx, page, params: { id }, request }) =>
        html(SetUpPage(await propsOf(services, ctx, page, id, request))),
      hidden,
    )
    .post(
      "/set-up",
      async ({ ctx, page, params: { id }, request }) => {
        await retryProvisioning(services, ctx, id);
        return goTo(request, `/hospitals/${id}/set-up`, { tone: "info", text: page.t.owner.setUp.retried });
      },
      hidden,
    )
    .get(
      "/set-up/events",
      async ({ ctx, page, params: { id }, request }) => {
        const props = await propsOf(services, ctx, page, id, request);
        return eventStream(request, async function* (signal) {
          for await (const state of watchProvisioning(ctx, id, signal))
            yield { event: null, data: String(await SetUpState({ ...props, state })) };
          yield { event: "close", data: "done" };
        });
      },
      hidden,
    )
    .post(
      "/first-password",
      async ({ ctx, page, params: { id }, request }) => {
        const firstPassword = await tellFirstPassword(services, ctx, id);
        if (firstPassword === null)
          return goTo(request, `/hospitals/${id}`, {
            tone: "warning",
            text: page.t.owner.setUp.passwordGone,
          });
        const props = await propsOf(services, ctx, page, id, request);
        const response = await html(SetUpPage({ ...props, firstPassword }));
        response.headers.set("cache-control", "no-store");
        return response;
      },
      hidden,
    )
    .post(
      "/sync",
      async ({ ctx, page, params: { id }, request }) => {
        if (await askOnSite(services, ctx, id, "push-now"))
          return askedPage(request, page, `/hospitals/${id}`);
        await pushHospital(services, ctx, id);
        return goTo(request, `/hospitals/${id}`, { tone: "success", text: page.t.owner.databases.pushed });
      },
      hidden,
    )
    .post(
      "/verification",
      async ({ ctx, page, params: { id }, request }) => {
        if (await askOnSite(services, ctx, id, "verify-now"))
          return askedPage(request, page, `/hospitals/${id}`);
        const report = await verifyHospital(services, ctx, id);
        const { databases: words } = page.t.owner;
        const text =
          report.outcome !== "verified"
            ? words.notCompared
            : report.equal
              ? words.proved(report.tables.length)
              : words.differs;
        return goTo(request, `/hospitals/${id}`, { tone: report.equal ? "success" : "warning", text });
      },
      hidden,
    );

async function propsOf(services: Services, ctx: OwnerContext, page: Page, id: string, request: Request) {
  authorize(ctx.actor, "tenants:create");
  const [{ companyName, subdomain }, state] = await Promise.all([
    getTenant(ctx, id),
    getProvisioning(ctx, id),
  ]);
  const portal = portalAddress(services, request, subdomain);
  return { page, id, name: companyName, portal, state, firstPassword: null };
}
