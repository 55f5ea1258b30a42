import { Elysia } from "elysia";
import { LocksPage } from "../../../views/keys/locks-page.tsx";
import { eitherPages } from "../../http/either.ts";
import { refuseInvalid } from "../../http/form.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import type { Side } from "../either-side.ts";
import { openLockInput } from "./locks.input.ts";
import { listLocks, openLock } from "./locks.ts";

const hidden = { detail: { hide: true } };

/** Sign-ins refused after failed ones, and opening them. The same on both sides. */
export const locksPages = (services: Services, side: Side) =>
  new Elysia({ prefix: "/locks" })
    .use(eitherPages(services, side))
    .get("", async ({ ctx, page }) => html(LocksPage({ page, locks: await listLocks(ctx) })), hidden)
    .post(
      "/open",
      async ({ ctx, page, body, request }) => {
        await openLock(ctx, refuseInvalid(parseForm(openLockInput, body)));
        return goTo(request, "/locks", { tone: "success", text: page.t.keys.locks.opened });
      },
      hidden,
    );
