import { AppError } from "./errors.ts";
import { serveAsset } from "./http/assets.ts";
import { clearCookie, readCookie } from "./http/cookies.ts";
import { answerError } from "./http/errors.ts";
import { type RequestFacts, setFacts } from "./http/facts.ts";
import { openMetrics, requestMetrics } from "./http/metrics.ts";
import { livez, readyz } from "./http/probes.ts";
import { rateLimitHeaders } from "./http/rate-limit.ts";
import { flashCookie } from "./http/reply.ts";
import { secureHeaders } from "./http/security-headers.ts";
import { apexPortal } from "./portals/apex.ts";
import { hospitalPortal } from "./portals/hospital.ts";
import { ownerPortal } from "./portals/owner.ts";
import type { Door } from "./tenancy/resolve.ts";
import type { Services } from "./tenancy/services.ts";

/** Bytes of a body at most; uploads of records are the largest. */
export const maxBodyBytes = 64 * 1024 * 1024;
/** Bytes of a body that is not an upload. */
const maxPlainBodyBytes = 4 * 1024 * 1024;

/** One route as registered; `path` holds `:name` where an id stands. */
export interface Route {
  readonly portal: "owner" | "hospital" | "apex";
  readonly method: string;
  readonly path: string;
}

export interface App {
  /** Every route of every portal, for those that check them all. */
  readonly routes: readonly Route[];
  /** Answers one request; `address` is the peer's. Never throws. */
  handle(request: Request, address: string | null): Promise<Response>;
}

/** The front door: gives the request an id, finds the portal by host, hands it on, and closes behind it. */
export function createApp(services: Services): App {
  const portals = {
    owner: ownerPortal(services),
    hospital: hospitalPortal(services),
    apex: apexPortal(services),
  };

  const admit = (
    request: Request,
    url: URL,
    door: NonNullable<Door>,
    client: RequestFacts["client"],
    secure: boolean,
  ): RequestFacts => {
    const facts: RequestFacts = {
      ...{
        client,
        secure,
        url,
        portal: door.portal,
        hospital: door.portal === "hospital" ? door.hospital : null,
      },
      ...{ route: null, page: null, keepAnswer: null },
    };
    setFacts(request, facts);
    return facts;
  };

  const enter = async (request: Request, facts: RequestFacts): Promise<Response> => {
    try {
      refuseOversize(request);
      if (facts.hospital !== null) refuseClosed(facts.hospital.status);
      const response = await portals[facts.portal].handle(request);
      return facts.keepAnswer === null || response.status >= 500
        ? response
        : await facts.keepAnswer(response);
    } catch (error) {
      return answerError(services, request, error);
    }
  };

  const routes = (["owner", "hospital", "apex"] as const).flatMap((portal) =>
    portals[portal].routes.map(({ method, path }) => ({ portal, method, path })),
  );

  return {
    routes,
    async handle(request, peer) {
      const started = performance.now();
      const url = new URL(request.url);
      if (url.pathname.startsWith("/assets/")) return serveAsset(request, url.pathname);
      const proxied = peer !== null && services.env.trustedProxies.includes(peer);
      const host = hostOf(request, proxied);
      const client = clientOf(request, peer, proxied);
      const secure = proxied && request.headers.get("x-forwarded-proto") === "https";
      if (url.pathname === "/livez") return livez();
      if (url.pathname === "/readyz") return readyz(services);
      let door: Door;
      try {
        door = await services.resolver.door(host);
      } catch (error) {
        admit(request, url, { portal: "apex" }, client, secure);
        return finish(request, await answerError(services, request, error), { secure, client });
      }
      const facts = admit(request, url, door ?? { portal: "apex" }, client, secure);
      if (url.pathname === "/metrics") return openMetrics(services, request);
      const response =
        door === null
          ? await answerError(
              services,
              request,
              new AppError("not-found", "page.not-found", "There is nothing at this address."),
            )
          : await enter(request, facts);
      const finished = finish(request, response, facts);
      requestMetrics(services, request, facts, finished.status, performance.now() - started);
      return finished;
    },
  };
}

function hostOf(request: Request, proxied: boolean): string {
  const given =
    (proxied ? request.headers.get("x-forwarded-host") : null) ?? request.headers.get("host") ?? "";
  return given.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
}

function clientOf(request: Request, peer: string | null, proxied: boolean): RequestFacts["client"] {
  const forwarded = proxied ? request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
  const asked = request.headers.get("x-request-id");
  return {
    requestId: asked !== null && /^[A-Za-z0-9-]{8,64}$/.test(asked) ? asked : Bun.randomUUIDv7(),
    address: forwarded || peer,
    userAgent: request.headers.get("user-agent"),
  };
}

function refuseOversize(request: Request): void {
  const length = Number(request.headers.get("content-length") ?? 0);
  const upload =
    (request.headers.get("content-type") ?? "").startsWith("multipart/") ||
    new URL(request.url).pathname.includes("/imports");
  if (length > (upload ? maxBodyBytes : maxPlainBodyBytes))
    throw new AppError("too-large", "body.too-large", "What was sent is too large.", {
      fields: [{ field: "body", code: "too-large", message: "What was sent is too large." }],
    });
}

function refuseClosed(status: string): void {
  if (status === "active") return;
  if (status === "provisioning")
    throw new AppError("unavailable", "hospital.provisioning", "This hospital is being set up.", {
      retryAfterSeconds: 5,
    });
  if (status === "suspended")
    throw new AppError(
      "forbidden",
      "hospital.suspended",
      "This hospital's access is suspended. Its administrator can ask the provider why.",
    );
  throw new AppError("not-found", "page.not-found", "There is nothing at this address.");
}

function finish(
  request: Request,
  response: Response,
  facts: Pick<RequestFacts, "secure" | "client">,
): Response {
  const { headers } = response;
  secureHeaders(headers, facts);
  rateLimitHeaders(request, headers);
  const isPage = headers.get("content-type")?.startsWith("text/html") ?? false;
  if (isPage && !headers.has("set-cookie") && readCookie(request, flashCookie))
    headers.append("set-cookie", clearCookie(facts, flashCookie));
  return response;
}
