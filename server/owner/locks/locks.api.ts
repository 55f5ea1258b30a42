import { Elysia } from "elysia";
import { lockRow, openedAnswer, openLockInput } from "../../auth/locks.input.ts";
import { describe, listOf } from "../../http/docs.ts";
import { ownerApi } from "../../http/owner.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { listLocks, openLock } from "./locks.ts";

const tag = "Sign-in locks (owner)";

/** Sign-ins refused after failed ones. */
export const ownerLocksApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/locks" })
    .use(ownerApi(services))
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
