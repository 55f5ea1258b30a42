import { swagger } from "@elysiajs/swagger";
import { OptionalKind } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type ApiGuide, readApiGuide } from "../../views/docs/api-guide.ts";
import { DocsPage } from "../../views/docs/docs-page.tsx";
import { publishedDocument } from "../http/openapi.ts";
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
            securitySchemes: {
              bearer: {
                type: "http",
                scheme: "bearer",
                description: "A person's access token (JWT), or an API key (`wl_…`).",
              },
              apiKey: {
                type: "apiKey",
                in: "header",
                name: "X-API-Key",
                description: "An API key (`wl_…`).",
              },
            },
          },
        },
        exclude: [/^(?!\/api\/)/],
        excludeStaticFile: false,
      }),
    )
    .use(ownerApiRoutes(services))
    .use(tenantApiRoutes(services));
}

interface RegisteredRoute {
  readonly method: string;
  readonly path: string;
  readonly hooks: { readonly body?: unknown };
}

/** The routes, as the document writes them, that take a body and can do without. */
function optionalBodies(routes: readonly RegisteredRoute[]): ReadonlySet<string> {
  return new Set(
    routes
      .filter(({ hooks: { body } }) => typeof body === "object" && body !== null && OptionalKind in body)
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:([A-Za-z]+)\??/g, "{$1}")}`),
  );
}

interface Described {
  readonly json: string;
  readonly guide: ApiGuide;
}

/** Made once for a process, at the first visit. */
let described: Promise<Described> | null = null;

async function readDescription(services: Services): Promise<Described> {
  const app = describedApp(services);
  const response = await app.handle(new Request("http://docs.invalid/docs/json"));
  const document = publishedDocument(await response.json(), optionalBodies(app.routes));
  return { json: JSON.stringify(document), guide: readApiGuide(document) };
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
