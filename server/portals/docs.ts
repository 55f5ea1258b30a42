import { swagger } from "@elysiajs/swagger";
import { Elysia } from "elysia";
import { DocsPage } from "../../views/docs-page.tsx";
import { assetUrls } from "../http/assets.ts";
import { strangersPage } from "../http/page.ts";
import { html } from "../http/reply.ts";
import type { Services } from "../tenancy/services.ts";
import { ownerApiRoutes, tenantApiRoutes } from "./api.ts";

/** The reader writes its styles into the page as it runs; scripts stay ours alone. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/** The OpenAPI document of both planes at `/docs/json`, and a page to read it at `/docs`, on every host alike. */
export function docsPortal(services: Services) {
  const described = new Elysia()
    .use(
      swagger({
        path: "/docs/reader",
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
  let document: Promise<string> | null = null;
  const build = async () => (await described.handle(new Request("http://docs.local/docs/json"))).text();

  const show = async (request: Request) => {
    const page = await html(
      DocsPage({ page: strangersPage(services, request), script: assetUrls()["api-reader.js"] ?? "" }),
    );
    page.headers.set("content-security-policy", policy);
    return page;
  };
  return new Elysia()
    .get("/docs/json", async () => {
      document ??= build();
      return new Response(await document, {
        headers: { "content-type": "application/json", "cache-control": "public, max-age=60" },
      });
    })
    .get("/docs", ({ request }) => show(request))
    .get("/api/docs", ({ request }) => show(request));
}
