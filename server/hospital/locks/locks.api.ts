import { Elysia } from "elysia";
import { lockRow, openedAnswer, openLockInput } from "../../auth/locks.input.ts";
import { describe, listOf } from "../../http/docs.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { listLocks, openLock } from "./locks.ts";

const tag = "Sign-in locks";

/** Sign-ins refused after failed ones. */
export const locksApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/locks" })
    .use(hospitalApi(services))
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
