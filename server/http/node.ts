import { gunzipSync } from "node:zlib";
import { Elysia } from "elysia";
import { systemOwner } from "../bridge/system-context.ts";
import { AppError } from "../errors.ts";
import { admitNode } from "../owner/nodes/requests.ts";
import type { Node } from "../owner/nodes/tokens.ts";
import { wireHeaders } from "../sync/wire-signing.ts";
import type { Services } from "../tenancy/services.ts";
import { factsOf } from "./facts.ts";

/** Text of a body at most once it is unpacked; a chunk is about 1 MB, or one row that is larger. */
const unpackedAtMost = 256 * 1024 * 1024;

/** What a hospital's own server sent, with who it is. */
export interface NodeRequest {
  readonly node: Node;
  readonly bytes: Uint8Array;
}

/** For routes that hospitals' servers call: each request is signed, and taken once. The body is read here, as it was signed. */
export const nodeApi = (services: Services) =>
  new Elysia().derive({ as: "scoped" }, async ({ request, route }): Promise<{ from: NodeRequest }> => {
    const facts = factsOf(request);
    facts.route = route;
    const bytes = new Uint8Array(await request.arrayBuffer());
    const header = (name: string) => request.headers.get(name) ?? "";
    const node = await admitNode(systemOwner(services, "server"), {
      method: request.method,
      address: `${facts.url.pathname}${facts.url.search}`,
      nodeId: header(wireHeaders.node),
      time: header(wireHeaders.time),
      nonce: header(wireHeaders.nonce),
      signature: header(wireHeaders.signature),
      body: bytes,
    });
    return { from: { node, bytes } };
  });

/** The text of a body, packed or plain. @throws AppError malformed (400). */
export function bodyText(request: Request, bytes: Uint8Array): string {
  try {
    const plain =
      request.headers.get("content-type") === "application/gzip"
        ? gunzipSync(bytes, { maxOutputLength: unpackedAtMost })
        : bytes;
    return new TextDecoder("utf-8", { fatal: true }).decode(plain);
  } catch (cause) {
    throw new AppError("malformed", "body.unreadable", "The body could not be unpacked.", { cause });
  }
}
