import { isIP } from "node:net";
import { AppError } from "./errors.ts";
import { serveAsset } from "./http/assets.ts";
import { compress } from "./http/compress.ts";
import { clearCookie, readCookie, setCookie, visitorCookieName } from "./http/cookies.ts";
import { answerError } from "./http/errors.ts";
import { type RequestFacts, setFacts } from "./http/facts.ts";
import { methodNotAllowed, methodsAt, withoutBody } from "./http/methods.ts";
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
      ...{
        route: null,
        page: null,
        form: null,
        stillOpen: null,
        keepAnswer: null,
        visitor: null,
        allow: null,
      },
    };
    setFacts(request, facts);
    return facts;
  };

  const methodsOf = {
    owner: methodsAt(portals.owner.routes),
    hospital: methodsAt(portals.hospital.routes),
    apex: methodsAt(portals.apex.routes),
  };

  /** Nothing was found: perhaps for this method only. @throws AppError method-not-allowed (405) */
  const refuseMethod = (request: Request, facts: RequestFacts): void => {
    const methods = methodsOf[facts.portal](facts.url.pathname);
    if (methods.length === 0 || methods.includes(request.method) || methods.includes("ALL")) return;
    facts.allow = methods.join(", ");
    throw methodNotAllowed();
  };

  const enter = async (request: Request, facts: RequestFacts): Promise<Response> => {
    try {
      refuseOversize(request, facts.url);
      if (facts.hospital !== null) refuseClosed(facts.hospital.status);
      const response = await portals[facts.portal].handle(request);
      if (response.status === 404 && facts.route === null) refuseMethod(request, facts);
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

  const answer = async (request: Request, peer: string | null): Promise<Response> => {
    const started = performance.now();
    const url = URL.parse(request.url);
    const proxied = peer !== null && services.env.trustedProxies.includes(peer);
    const client = clientOf(request, peer, proxied);
    const secure = proxied && request.headers.get("x-forwarded-proto") === "https";
    if (url === null) return finish(request, unreadableHost(), { secure, client });
    const plain = await hostless(services, request, url);
    if (plain !== null) return finish(request, plain, { secure, client });
    let door: Door;
    try {
      door = await services.resolver.door(hostOf(request, proxied));
    } catch (error) {
      admit(request, url, { portal: "apex" }, client, secure);
      return finish(request, await answerError(services, request, error), { secure, client });
    }
    const facts = admit(request, url, door ?? { portal: "apex" }, client, secure);
    const response =
      url.pathname === "/metrics"
        ? await openMetrics(services, request)
        : door === null
          ? await answerError(services, request, nothingHere())
          : await enter(request, facts);
    const finished = await finish(request, response, facts);
    requestMetrics(services, request, facts, finished.status, performance.now() - started);
    return finished;
  };

  return {
    routes,
    async handle(request, peer) {
      if (request.method !== "HEAD") return answer(request, peer);
      return withoutBody(await answer(new Request(request, { method: "GET" }), peer));
    },
  };
}

/** What is the same whatever the host: built files, and probes that know no portal. */
function hostless(services: Services, request: Request, url: URL): Response | Promise<Response> | null {
  if (url.pathname.startsWith("/assets/")) return serveAsset(request, url.pathname);
  if (url.pathname === "/livez") return livez();
  if (url.pathname === "/readyz") return readyz(services);
  return null;
}

/** Without a Host, or with one that is none, a request has no address. */
const unreadableHost = () =>
  new Response("The Host of this request cannot be read.", {
    status: 400,
    headers: { "content-type": "text/plain; charset=utf-8" },
  });

const nothingHere = () => new AppError("not-found", "page.not-found", "There is nothing at this address.");

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
    address: forwarded !== undefined && isIP(forwarded) !== 0 ? forwarded : peer,
    userAgent: request.headers.get("user-agent"),
  };
}

function refuseOversize(request: Request, url: URL): void {
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length <= maxPlainBodyBytes) return;
  const upload =
    (request.headers.get("content-type") ?? "").startsWith("multipart/") || url.pathname.includes("/imports");
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
  throw nothingHere();
}

async function finish(
  request: Request,
  response: Response,
  facts: Pick<RequestFacts, "secure" | "client"> & Partial<Pick<RequestFacts, "allow" | "visitor">>,
): Promise<Response> {
  const { headers } = response;
  secureHeaders(headers, facts);
  rateLimitHeaders(request, headers);
  if (facts.allow) headers.set("allow", facts.allow);
  const isPage = headers.get("content-type")?.startsWith("text/html") ?? false;
  if (isPage && !headers.has("set-cookie") && readCookie(request, flashCookie))
    headers.append("set-cookie", clearCookie(facts, flashCookie));
  if (isPage && facts.visitor)
    headers.append("set-cookie", setCookie(facts, visitorCookieName(facts.secure), facts.visitor));
  return compress(request, response, facts.client.address);
}
