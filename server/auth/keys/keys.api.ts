import { Elysia, t } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { apiRoot, eitherApi } from "../../http/either.ts";
import { etagOf, expectedVersion } from "../../http/etag.ts";
import { toldOnce } from "../../http/idempotency.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import type { Side } from "../either-side.ts";
import {
  changeKeyInput,
  createKeyInput,
  keyPolicyAnswer,
  keyPolicyInput,
  keyRow,
  newKeyAnswer,
  rotateKeyInput,
} from "./keys.input.ts";
import {
  createKey,
  getKey,
  getKeyPolicy,
  listKeys,
  revokeKey,
  rotateKey,
  setKeyPolicy,
  updateKey,
} from "./keys.ts";

/** The group they stand in, in the description of the API. */
const tagOf = { hospital: "Keys", owner: "Keys (owner)" } as const satisfies Record<Side, string>;
const params = t.Object({ id: t.String({ maxLength: 100 }) });
const once = "The secret is told in this answer alone; the same Idempotency-Key again answers 409.";

/** The keys of programs, the same on both sides. */
export const keysApi = (services: Services, side: Side) => {
  const tag = tagOf[side];
  const prefix = `${apiRoot[side]}/keys`;
  return new Elysia({ prefix })
    .use(eitherApi(services, side))
    .get("", async ({ ctx }) => json({ items: await listKeys(ctx), nextCursor: null }), {
      detail: describe({ summary: "List the API keys and app keys", tag, answers: { 200: listOf(keyRow) } }),
    })
    .post(
      "",
      async ({ ctx, body, request }) => {
        const made = await createKey(ctx, body);
        toldOnce(request);
        return json(made, 201, {
          location: `${prefix}/${made.key.id}`,
          etag: etagOf(made.key),
        });
      },
      {
        body: createKeyInput,
        detail: describe({ summary: "Make a key", description: once, tag, answers: { 201: newKeyAnswer } }),
      },
    )
    .get("/policy", async ({ ctx }) => json(await getKeyPolicy(ctx)), {
      detail: describe({
        summary: "Whether programs have to name themselves by an app key",
        ...{ tag, answers: { 200: keyPolicyAnswer } },
      }),
    })
    .put("/policy", async ({ ctx, body }) => json(await setKeyPolicy(ctx, body)), {
      body: keyPolicyInput,
      detail: describe({
        summary: "Say whether programs have to name themselves by an app key",
        ...{ tag, answers: { 200: keyPolicyAnswer } },
      }),
    })
    .get(
      "/:id",
      async ({ ctx, params }) => {
        const key = await getKey(ctx, params.id);
        return json(key, 200, { etag: etagOf(key) });
      },
      {
        params,
        detail: describe({
          summary: "Read a key, without its secret",
          ...{ tag, answers: { 200: keyRow }, errors: ["not-found"] },
        }),
      },
    )
    .patch(
      "/:id",
      async ({ ctx, params, body, request }) => {
        const key = await updateKey(ctx, params.id, body, expectedVersion(request));
        return json(key, 200, { etag: etagOf(key) });
      },
      {
        params,
        body: changeKeyInput,
        detail: describe({
          summary: "Change a key's name, scopes, networks, limit or expiry",
          ...{ tag, answers: { 200: keyRow }, errors: ["not-found", "precondition-failed", "conflict"] },
        }),
      },
    )
    .post(
      "/:id/rotate",
      async ({ ctx, params, body, request }) => {
        const made = await rotateKey(ctx, params.id, body);
        toldOnce(request);
        return json(made, 200, { etag: etagOf(made.key) });
      },
      {
        params,
        body: rotateKeyInput,
        detail: describe({
          summary: "Give a key a new secret; the old one works for the overlap",
          ...{ description: once, tag, answers: { 200: newKeyAnswer }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .post("/:id/revoke", async ({ ctx, params }) => json(await revokeKey(ctx, params.id)), {
      params,
      detail: describe({
        summary: "End a key at once",
        ...{ tag, answers: { 200: keyRow }, errors: ["not-found", "conflict"] },
      }),
    });
};
