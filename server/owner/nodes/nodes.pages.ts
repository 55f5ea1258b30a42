import { Elysia } from "elysia";
import { ServersPage } from "../../../views/owner/nodes/servers-page.tsx";
import type { Page } from "../../../views/page.ts";
import { may } from "../../auth/permissions.ts";
import { factsOf } from "../../http/facts.ts";
import { ownerPages } from "../../http/owner.ts";
import { html } from "../../http/reply.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { getTenant } from "../tenants/tenants.ts";
import { listNodes } from "./nodes.ts";
import { createNodeToken } from "./tokens.ts";

const hidden = { detail: { hide: true } };

async function propsOf(ctx: OwnerContext, page: Page, id: string) {
  const { companyName: name } = await getTenant(ctx, id);
  const servers = await listNodes(ctx, id);
  return { page, hospital: { id, name }, servers, mayAdd: may(ctx.actor, "tenants:edit") };
}

/** The servers of a hospital's own, for the owner. */
export const nodesPages = (services: Services) =>
  new Elysia({ prefix: "/hospitals/:id" })
    .use(ownerPages(services))
    .get(
      "/servers",
      async ({ ctx, page, params: { id } }) => html(ServersPage(await propsOf(ctx, page, id))),
      hidden,
    )
    .post(
      "/servers",
      async ({ ctx, page, params: { id }, request }) => {
        const { token } = await createNodeToken(ctx, id);
        const { url, secure } = factsOf(request);
        const origin = secure ? url.origin.replace(/^http:/, "https:") : url.origin;
        const command = `bin/wardline node:join --owner ${origin} --token ${token}`;
        const props = await propsOf(ctx, page, id);
        const response = await html(ServersPage({ ...props, made: { token, command } }), 201);
        response.headers.set("cache-control", "no-store");
        return response;
      },
      hidden,
    );
