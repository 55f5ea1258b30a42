import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { readNews } from "../bridge/on-site-news.ts";
import { systemOwner } from "../bridge/system-context.ts";
import { nodeApi } from "../http/node.ts";
import { endCommand } from "../owner/nodes/commands.ts";
import type { Services } from "../tenancy/services.ts";
import { count, parsed, raw, text, uuidText } from "./sync-message.ts";

const healthForm = Type.Object({
  ...{ at: text(40), latencyMs: Type.Number(), connectMs: Type.Number(), sizeBytes: Type.Number() },
  ...{ serverVersion: text(60), connections: count, connectionLimit: count },
  schemaVersion: Type.Union([text(120), Type.Null()]),
  lastVerifiedAt: Type.Union([text(40), Type.Null()]),
  verifiedEqual: Type.Union([Type.Boolean(), Type.Null()]),
});
const newsForm = Type.Object({
  documentVersion: count,
  issuedAt: Type.Integer(),
  waitMs: Type.Integer({ minimum: 0, maximum: 30_000 }),
  address: Type.Optional(Type.Union([text(300), Type.Null()])),
  report: Type.Object({
    ...{ version: text(60), lagRows: Type.Union([Type.Number(), Type.Null()]) },
    logBytes: Type.Union([Type.Number(), Type.Null()]),
    parked: Type.Union([Type.Object({ code: text(60), reason: text(600) }), Type.Null()]),
    sequences: Type.Record(Type.String({ maxLength: 63 }), Type.String({ pattern: "^[0-9]{1,19}$" })),
    health: Type.Optional(healthForm),
  }),
});
const answerForm = Type.Object({
  ...{ id: uuidText, outcome: Type.Union([Type.Literal("done"), Type.Literal("refused")]) },
  result: Type.Record(Type.String(), Type.Unknown()),
});

/** How a hospital's own server is, what the owner wants of it, and its answers. */
export const syncNews = (services: Services) =>
  new Elysia()
    .use(nodeApi(services))
    .post(
      "/news",
      ({ from, request }) =>
        readNews(services, from.node, parsed(newsForm, request, from.bytes), request.signal),
      raw,
    )
    .post(
      "/answers",
      async ({ from, request }) => {
        const { id, outcome, result } = parsed(answerForm, request, from.bytes);
        const owner = systemOwner(services, `server: ${from.node.name}`);
        await endCommand(owner, from.node.tenantId, id, outcome, result);
        return {};
      },
      raw,
    );
