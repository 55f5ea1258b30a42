import { createHash } from "node:crypto";
import { Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Elysia } from "elysia";
import { takeBatch, takeChunk, takeFill, takeHands, takeRows } from "../bridge/on-site-chunks.ts";
import { AppError } from "../errors.ts";
import { bodyText, nodeApi } from "../http/node.ts";
import type { Services } from "../tenancy/services.ts";
import { baseForm, count, parsed, raw, read, uuidText } from "./sync-message.ts";

const handsForm = Type.Object({ incarnation: uuidText });
const applyForm = Type.Object({ incarnation: uuidText, first: count, final: count });
const chunkForm = Type.Object({
  ...{ incarnation: uuidText, first: count, number: Type.Integer({ minimum: 1 }), rows: count },
  ...{ lastSeq: Type.String({ pattern: "^[0-9]+$" }), sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) },
});

/** The changes of a hospital's own server: what the copy holds, and batches of chunks for it. */
export const syncChanges = (services: Services) =>
  new Elysia()
    .use(nodeApi(services))
    .post(
      "/hands",
      ({ from, request }) =>
        takeHands(services, from.node, parsed(handsForm, request, from.bytes).incarnation),
      raw,
    )
    .post(
      "/fill",
      async ({ from, request }) => {
        await takeFill(services, from.node, parsed(baseForm, request, from.bytes));
        return {};
      },
      raw,
    )
    .post("/batch", ({ from, request }) => takeBatch(services, from.node, bodyText(request, from.bytes)), raw)
    .post(
      "/chunks",
      async ({ from, request, query }) => {
        const chunk = read(chunkForm, Value.Convert(chunkForm, query));
        const body = bodyText(request, from.bytes);
        if (createHash("sha256").update(body).digest("hex") !== chunk.sha256)
          throw new AppError("malformed", "sync.damaged", "This chunk is not what was sent.");
        await takeChunk(services, from.node, { ...chunk, body });
        return {};
      },
      raw,
    )
    .post(
      "/apply",
      async ({ from, request }) => {
        const { incarnation, first, final } = parsed(applyForm, request, from.bytes);
        return { rows: await takeRows(services, from.node, incarnation, first, final) };
      },
      raw,
    );
