import { swagger } from "@elysiajs/swagger";
import { Elysia } from "elysia";
import { type ApiGuide, readApiGuide } from "../../views/docs/api-guide.ts";
import { DocsPage } from "../../views/docs/docs-page.tsx";
import { strangersPage } from "../http/page.ts";
import { html } from "../http/reply.ts";
import type { Services } from "../tenancy/services.ts";
import { ownerApiRoutes, tenantApiRoutes } from "./api.ts";

/**
 * An app that is only described: it registers every JSON route of both planes, so that one document tells of
 * all. It never answers a client.
 */
function describedApp(services: Services) {
  return new Elysia()
    .use(
      swagger({
        path: "/docs/plugin",
        specPath: "/docs/json",
        documentation: {
          info: {
            title: "Wardline",
            version: "1",
            description:
              "`/api/v1/owner/*` is served on the owner portal's host, `/api/v1/tenant/*` on each hospital's own host.",
          },
          components: {
            securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
          },
        },
        exclude: [/^(?!\/api\/)/],
      }),
    )
    .use(ownerApiRoutes(services))
    .use(tenantApiRoutes(services));
}

interface Described {
  readonly json: string;
  readonly guide: ApiGuide;
}

/** Made once for a process, at the first visit. */
let described: Promise<Described> | null = null;

async function readDescription(services: Services): Promise<Described> {
  const response = await describedApp(services).handle(new Request("http://docs.invalid/docs/json"));
  const json = await response.text();
  return { json, guide: readApiGuide(JSON.parse(json)) };
}

/** The OpenAPI document of both planes at `/docs/json`, and a page to read it at `/docs`, on every host alike. */
export function docsPortal(services: Services) {
  const description = () => {
    described ??= readDescription(services);
    return described;
  };
  const show = async ({ request }: { request: Request }) =>
    html(DocsPage({ page: strangersPage(services, request), guide: (await description()).guide }));
  return new Elysia()
    .get("/docs/json", async () => {
      const { json } = await description();
      return new Response(json, {
        headers: { "content-type": "application/json", "cache-control": "public, max-age=60" },
      });
    })
    .get("/docs", show)
    .get("/api/docs", show);
}
