import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { readBucketRows, readBuckets, takeProof } from "../bridge/on-site-chunks.ts";
import { nodeApi } from "../http/node.ts";
import type { Services } from "../tenancy/services.ts";
import { count, parsed, raw, text, uuidText } from "./sync-message.ts";

const proofForm = Type.Object({
  ...{ incarnation: uuidText, tick: count },
  sums: Type.Array(
    Type.Object({ table: text(63), columns: Type.Array(text(63)), rows: count, sum: text(80) }),
  ),
});
const bucketForm = Type.Object({
  ...{ incarnation: uuidText, tick: count, table: text(63), columns: Type.Array(text(63)) },
});
const bucketRowsForm = Type.Object({
  ...bucketForm.properties,
  buckets: Type.Array(Type.Integer({ minimum: 0, maximum: 255 }), { minItems: 1, maxItems: 256 }),
});

/** The proof that the copy equals a hospital's own server, and where it does not. */
export const syncProof = (services: Services) =>
  new Elysia()
    .use(nodeApi(services))
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
    );
