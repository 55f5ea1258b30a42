/** Below this many bytes nothing is gained. */
const worthBytes = 1024;

/** Answers that are made whole before they are sent. Streams (events, CSV) and what is packed already go as they are. */
const whole = /^(text\/html|application\/(problem\+)?json)\b/;

/** The packing that the client likes best of those we have; `q=0` means: not this one. */
function wanted(accepted: string): "zstd" | "gzip" | null {
  const taken = new Set(
    accepted
      .toLowerCase()
      .split(",")
      .map((part) => part.split(";").map((piece) => piece.trim()))
      .filter(([, weight]) => weight === undefined || !/^q=0(\.0*)?$/.test(weight))
      .map(([name]) => name),
  );
  if (taken.has("zstd")) return "zstd";
  return taken.has("gzip") ? "gzip" : null;
}

/** On one machine packing costs time and saves nothing. */
const sameMachine = (address: string | null) =>
  address === null || /^(127\.|::1$|::ffff:127\.)/.test(address);

/**
 * Packs a page or JSON for a client that takes it packed and sits on another machine (`address`, as a trusted
 * proxy tells it). The forms' proof in a page is of no use without the browser's own word of where a form came
 * from, so that guessing it from sizes gains nothing.
 */
export async function compress(
  request: Request,
  response: Response,
  address: string | null,
): Promise<Response> {
  const { headers } = response;
  if (!whole.test(headers.get("content-type") ?? "")) return response;
  headers.append("vary", "accept-encoding");
  if (sameMachine(address) || headers.has("content-encoding")) return response;
  const packing = wanted(request.headers.get("accept-encoding") ?? "");
  // Asked for last: to look at the body turns a text into a stream, which is sent far more slowly.
  if (packing === null || response.body === null) return response;
  const bytes = await response.bytes();
  if (bytes.length < worthBytes) return new Response(bytes, { status: response.status, headers });
  headers.set("content-encoding", packing);
  headers.delete("content-length");
  // Another spelling of the same row: equal in If-Match and If-None-Match, not byte for byte.
  const etag = headers.get("etag");
  if (etag?.startsWith('"')) headers.set("etag", `W/${etag}`);
  const packed =
    packing === "zstd" ? new Uint8Array(Bun.zstdCompressSync(bytes)) : Bun.gzipSync(bytes, { level: 5 });
  return new Response(packed, { status: response.status, headers });
}
