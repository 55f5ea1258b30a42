import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Elysia } from "elysia";
import { acceptWriter, handOver, joinHospital } from "../bridge/on-site.ts";
import { listSourceTables, readSequences, readSourceRange } from "../bridge/on-site-rows.ts";
import { AppError } from "../errors.ts";
import { factsOf } from "../http/facts.ts";
import { nodeApi } from "../http/node.ts";
import { json } from "../http/reply.ts";
import { isSignedBy } from "../sync/wire-signing.ts";
import type { Services } from "../tenancy/services.ts";
import { baseForm, parsed, raw, text, textOrNull } from "./sync-message.ts";

const joinForm = Type.Object({
  ...{ token: text(100), publicKey: text(400), boxKey: text(400), name: text(120) },
  ...{ address: Type.Union([text(300), Type.Null()]), signature: text(200) },
});
const rangeForm = Type.Object({
  ...{ table: text(63), after: textOrNull, size: Type.Integer({ minimum: 1, maximum: 20_000 }) },
  withRows: Type.Boolean(),
});
const unheard = () =>
  new AppError("unauthenticated", "node.token-refused", "This token is unknown, used or out of date.");

/** A server that joins has no name yet: it proves that it holds the key it brings. @throws AppError unauthenticated (401). */
function readJoin(value: unknown): Static<typeof joinForm> {
  if (!Value.Check(joinForm, value)) throw unheard();
  const { signature, token, publicKey, boxKey } = value;
  if (!isSignedBy(publicKey, ["wardline-join-1", token, boxKey].join("\n"), signature)) throw unheard();
  return value;
}

/** A token becomes a server of the hospital's own. */
export const syncJoin = (services: Services) =>
  new Elysia().post(
    "/join",
    async ({ request }) => {
      factsOf(request).route = "/api/v1/sync/join";
      const value: unknown = await request.json().catch(() => null);
      return json(await joinHospital(services, readJoin(value)), 200, { "cache-control": "no-store" });
    },
    raw,
  );

/** The rows of the hospital, and the writing itself. */
export const syncSource = (services: Services) =>
  new Elysia()
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
    );
