import type { Toast } from "../../views/page.ts";
import { setCookie } from "./cookies.ts";
import { factsOf } from "./facts.ts";

export const flashCookie = "wardline_toast";

/** What the server sends in one piece; a longer text's headers would leave one by one, a packet for each. */
const onePiece = 15_000;

/** A text as the body that is sent with the fewest system calls. */
function bodyOf(text: string): BodyInit {
  if (text.length < onePiece) return text;
  const source: Bun.DirectUnderlyingSource = {
    type: "direct",
    pull(controller) {
      controller.write(text);
      controller.end();
    },
  };
  // All of it may wait for its end, which makes it one packet with its length. The types of streams know the source
  // of the standard alone.
  return new ReadableStream(source as unknown as UnderlyingDefaultSource, {
    highWaterMark: Buffer.byteLength(text) + 1,
  });
}

/** A page or fragment. */
export async function html(markup: JSX.Element, status = 200): Promise<Response> {
  return new Response(bodyOf(await markup), {
    status,
    headers: { "content-type": "text/html; charset=utf-8" },
  });
}

/** Whether htmx asks, and so a fragment is enough. A boosted or restored page wants the whole. */
export function wantsFragment(request: Request): boolean {
  return request.headers.get("hx-request") === "true" && request.headers.get("hx-request-type") !== "full";
}

/** After a form has done its work: on to a page, with what happened in one sentence. */
export function goTo(request: Request, path: string, toast?: Toast): Response {
  const headers = new Headers();
  if (toast !== undefined)
    headers.append(
      "set-cookie",
      setCookie(factsOf(request), flashCookie, encodeURIComponent(JSON.stringify(toast)), {
        maxAgeSeconds: 60,
      }),
    );
  if (request.headers.get("hx-request") === "true") {
    headers.set("hx-redirect", path);
    return new Response(null, { status: 204, headers });
  }
  headers.set("location", path);
  return new Response(null, { status: 303, headers });
}

/** A path on this host to return to, or the home page: never another site. */
export function safeReturn(path: unknown): string {
  if (typeof path !== "string" || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(path)) return "/";
  const url = URL.parse(path, "http://here.invalid");
  // `/.//elsewhere` becomes `//elsewhere` when the dots are taken out.
  return url?.host === "here.invalid" && !url.pathname.startsWith("//")
    ? `${url.pathname}${url.search}`
    : "/";
}

/** JSON with a status and headers of its own. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(bodyOf(JSON.stringify(value)), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}
