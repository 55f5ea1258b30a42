import { Elysia } from "elysia";
import { LocksPage } from "../../../views/keys/locks-page.tsx";
import { openLockInput } from "../../auth/locks.input.ts";
import { refuseInvalid } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { listLocks, openLock } from "./locks.ts";

const hidden = { detail: { hide: true } };

/** Sign-ins refused after failed ones, and opening them. */
export const ownerLocksPages = (services: Services) =>
  new Elysia({ prefix: "/locks" })
    .use(ownerPages(services))
    .get("", async ({ ctx, page }) => html(LocksPage({ page, locks: await listLocks(ctx) })), hidden)
    .post(
      "/open",
      async ({ ctx, page, body, request }) => {
        await openLock(ctx, refuseInvalid(parseForm(openLockInput, body)));
        return goTo(request, "/locks", { tone: "success", text: page.t.keys.locks.opened });
      },
      hidden,
    );
