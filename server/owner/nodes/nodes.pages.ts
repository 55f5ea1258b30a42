import { Elysia } from "elysia";
import type { CommandRow } from "../../../views/owner/nodes/commands-table.tsx";
import { ServersPage } from "../../../views/owner/nodes/servers-page.tsx";
import type { Page } from "../../../views/page.ts";
import { may } from "../../auth/permissions.ts";
import { tellCommandPassword } from "../../bridge/ask-on-site.ts";
import { factsOf } from "../../http/facts.ts";
import { ownerPages } from "../../http/owner.ts";
import { html } from "../../http/reply.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { getTenant } from "../tenants/tenants.ts";
import { listCommands, type NodeCommand, nodeCommandKinds } from "./commands.ts";
import { listNodes } from "./nodes.ts";
import { createNodeToken } from "./tokens.ts";

const hidden = { detail: { hide: true } };

function rowOf({ id, kind, createdBy, createdAt, outcome, result }: NodeCommand): CommandRow {
  const message = result?.["message"];
  const known = nodeCommandKinds.find((one) => one === kind) ?? "push-now";
  return {
    ...{ id, kind: known, createdBy, createdAt, outcome },
    reason: typeof message === "string" ? message : null,
    hasPassword: result?.["sealedPassword"] !== undefined,
  };
}

async function propsOf(ctx: OwnerContext, page: Page, id: string) {
  const { companyName: name } = await getTenant(ctx, id);
  const [servers, commands] = await Promise.all([listNodes(ctx, id), listCommands(ctx, id)]);
  return {
    page,
    hospital: { id, name },
    servers,
    commands: commands.map(rowOf),
    mayAdd: may(ctx.actor, "tenants:edit"),
  };
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
    )
    .post(
      "/servers/commands/:commandId/password",
      async ({ ctx, page, params: { id, commandId } }) => {
        const password = await tellCommandPassword(services, ctx, id, commandId);
        const response = await html(ServersPage({ ...(await propsOf(ctx, page, id)), password }));
        response.headers.set("cache-control", "no-store");
        return response;
      },
      hidden,
    );
