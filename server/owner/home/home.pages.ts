import { Elysia } from "elysia";
import { OwnerHomePage } from "../../../views/owner/home/home-page.tsx";
import { PlansPage } from "../../../views/owner/plans/plans-page.tsx";
import { ServersPage } from "../../../views/owner/servers/servers-page.tsx";
import { may } from "../../auth/permissions.ts";
import { ownerOverview } from "../../bridge/overview.ts";
import { ownerPages } from "../../http/owner.ts";
import { html } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { listPlans } from "../plans/plans.ts";
import { listServers } from "../servers/servers.ts";

const hidden = { detail: { hide: true } };

/** The owner's home, the plans and the database servers. */
export const ownerHomePages = (services: Services) =>
  new Elysia()
    .use(ownerPages(services))
    .get(
      "/",
      async ({ ctx, page }) =>
        html(
          OwnerHomePage({
            page,
            overview: await ownerOverview(ctx),
            mayCreate: may(ctx.actor, "tenants:create"),
          }),
        ),
      hidden,
    )
    .get("/plans", async ({ ctx, page }) => html(PlansPage({ page, plans: await listPlans(ctx) })), hidden)
    .get(
      "/servers",
      async ({ ctx, page }) => html(ServersPage({ page, servers: await listServers(ctx) })),
      hidden,
    );
