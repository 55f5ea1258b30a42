import { Elysia } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { apiRoot, eitherApi } from "../../http/either.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import type { Side } from "../either-side.ts";
import { lockRow, openedAnswer, openLockInput } from "./locks.input.ts";
import { listLocks, openLock } from "./locks.ts";

/** The group they stand in, in the description of the API. */
const tagOf = {
  hospital: "Sign-in locks",
  owner: "Sign-in locks (owner)",
} as const satisfies Record<Side, string>;

/** Sign-ins refused after failed ones, the same on both sides. */
export const locksApi = (services: Services, side: Side) => {
  const tag = tagOf[side];
  return new Elysia({ prefix: `${apiRoot[side]}/locks` })
    .use(eitherApi(services, side))
    .get("", async ({ ctx }) => json({ items: await listLocks(ctx), nextCursor: null }), {
      detail: describe({
        summary: "List the sign-ins that are refused for a while",
        ...{ tag, answers: { 200: listOf(lockRow) } },
      }),
    })
    .post("/open", async ({ ctx, body }) => json({ opened: await openLock(ctx, body) }), {
      body: openLockInput,
      detail: describe({
        summary: "Let an account, or an address, try again at once",
        ...{ tag, answers: { 200: openedAnswer } },
      }),
    });
};
