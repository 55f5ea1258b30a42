import { createHash } from "node:crypto";
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Elysia } from "elysia";
import { acceptWriter, handOver, joinHospital } from "../bridge/on-site.ts";
import {
  readBucketRows,
  readBuckets,
  takeBatch,
  takeChunk,
  takeFill,
  takeHands,
  takeProof,
  takeRows,
} from "../bridge/on-site-chunks.ts";
import { readNews } from "../bridge/on-site-news.ts";
import { listSourceTables, readSequences, readSourceRange } from "../bridge/on-site-rows.ts";
import { systemOwner } from "../bridge/system-context.ts";
import { AppError } from "../errors.ts";
import { factsOf } from "../http/facts.ts";
import { bodyText, nodeApi } from "../http/node.ts";
import { json } from "../http/reply.ts";
import { endCommand } from "../owner/nodes/commands.ts";
import { isSignedBy } from "../sync/wire-signing.ts";
import type { Services } from "../tenancy/services.ts";
import { syncFiles } from "./sync-files.ts";

const text = (most: number) => Type.String({ minLength: 1, maxLength: most });
const uuidText = Type.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const count = Type.Integer({ minimum: 0 });
const textOrNull = Type.Union([Type.String(), Type.Null()]);

const joinForm = Type.Object({
  ...{ token: text(100), publicKey: text(400), boxKey: text(400), name: text(120) },
  ...{ address: Type.Union([text(300), Type.Null()]), signature: text(200) },
});
const rangeForm = Type.Object({
  ...{ table: text(63), after: textOrNull, size: Type.Integer({ minimum: 1, maximum: 20_000 }) },
  withRows: Type.Boolean(),
});
const baseForm = Type.Object({ incarnation: uuidText, tick: count, mark: uuidText, at: text(60) });
const handsForm = Type.Object({ incarnation: uuidText });
const applyForm = Type.Object({ incarnation: uuidText, first: count, final: count });
const chunkForm = Type.Object({
  ...{ incarnation: uuidText, first: count, number: Type.Integer({ minimum: 1 }), rows: count },
  ...{ lastSeq: Type.String({ pattern: "^[0-9]+$" }), sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) },
});
const proofForm = Type.Object({
  ...{ incarnation: uuidText, tick: count },
  sums: Type.Array(
    Type.Object({ table: text(63), columns: Type.Array(text(63)), rows: count, sum: text(80) }),
  ),
});
const healthForm = Type.Object({
  ...{ at: text(40), latencyMs: Type.Number(), connectMs: Type.Number(), sizeBytes: Type.Number() },
  ...{ serverVersion: text(60), connections: count, connectionLimit: count },
  schemaVersion: Type.Union([text(120), Type.Null()]),
  lastVerifiedAt: Type.Union([text(40), Type.Null()]),
  verifiedEqual: Type.Union([Type.Boolean(), Type.Null()]),
});
const bucketForm = Type.Object({
  ...{ incarnation: uuidText, tick: count, table: text(63), columns: Type.Array(text(63)) },
});
const bucketRowsForm = Type.Object({
  ...bucketForm.properties,
  buckets: Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), { minItems: 1, maxItems: 256 }),
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

function read<T extends TSchema>(form: T, value: unknown): Static<T> {
  if (Value.Check(form, value)) return value;
  throw new AppError("invalid", "input.invalid", "This message is not in the known form.");
}

function parsed<T extends TSchema>(form: T, request: Request, bytes: Uint8Array): Static<T> {
  try {
    return read(form, JSON.parse(bodyText(request, bytes)));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("malformed", "body.unreadable", "The body could not be read as JSON.", { cause });
  }
}

const raw = { parse: "none", detail: { hide: true } } as const;
const unheard = () =>
  new AppError("unauthenticated", "node.token-refused", "This token is unknown, used or out of date.");

/** A server that joins has no name yet: it proves that it holds the key it brings. @throws AppError unauthenticated (401). */
function readJoin(value: unknown): Static<typeof joinForm> {
  if (!Value.Check(joinForm, value)) throw unheard();
  const { signature, token, publicKey, boxKey } = value;
  if (!isSignedBy(publicKey, ["wardline-join-1", token, boxKey].join("\n"), signature)) throw unheard();
  return value;
}

/** What hospitals' own servers ask of the owner's: to join, the rows, and to take their changes. On the owner's host. */
export function syncPortal(services: Services) {
  const open = new Elysia().post(
    "/join",
    async ({ request }) => {
      factsOf(request).route = "/api/v1/sync/join";
      const value: unknown = await request.json().catch(() => null);
      return json(await joinHospital(services, readJoin(value)), 200, { "cache-control": "no-store" });
    },
    raw,
  );
  const signed = new Elysia()
    .use(nodeApi(services))
    .post("/source/tables", ({ from }) => listSourceTables(services, from.node.tenantId), raw)
    .post(
      "/source/range",
      async ({ from, request }) => {
        const asked = parsed(rangeForm, request, from.bytes);
        const { body, ...range } = await readSourceRange(services, from.node.tenantId, asked);
        // The rows go as Postgres wrote them: a number that passed through here would be another.
        return new Response(body ?? "[]", {
          headers: { "content-type": "application/json", "x-wardline-range": JSON.stringify(range) },
        });
      },
      raw,
    )
    .post("/source/sequences", ({ from }) => readSequences(services, from.node.tenantId), raw)
    .post("/hand-over", ({ from }) => handOver(services, from.node), raw)
    .post(
      "/writer",
      async ({ from, request }) => {
        await acceptWriter(services, from.node, parsed(baseForm, request, from.bytes));
        return {};
      },
      raw,
    )
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
    )
    .post(
      "/proof",
      async ({ from, request }) => {
        const { incarnation, tick, sums } = parsed(proofForm, request, from.bytes);
        return { tables: await takeProof(services, from.node, incarnation, tick, sums) };
      },
      raw,
    )
    .post(
      "/proof/buckets",
      async ({ from, request }) => ({
        sums: await readBuckets(services, from.node, parsed(bucketForm, request, from.bytes)),
      }),
      raw,
    )
    .post(
      "/proof/rows",
      async ({ from, request }) => ({
        rows: await readBucketRows(services, from.node, parsed(bucketRowsForm, request, from.bytes)),
      }),
      raw,
    )
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
  return new Elysia({ prefix: "/api/v1/sync" }).use(open).use(signed).use(syncFiles(services));
}
