import { Elysia } from "elysia";
import { HomePage } from "../../../views/hospital/home/home-page.tsx";
import { may } from "../../auth/permissions.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { html } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { readHome } from "./home.ts";

/** The page one starts from. */
export const homePages = (services: Services) =>
  new Elysia().use(hospitalPages(services)).get(
    "/",
    async ({ ctx, page }) =>
      html(
        HomePage({
          page,
          facts: await readHome(ctx),
          may: {
            register: may(ctx.actor, "patients:register"),
            import: may(ctx.actor, "patients:import"),
          },
        }),
      ),
    { detail: { hide: true } },
  );
