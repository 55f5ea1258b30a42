import { Elysia } from "elysia";
import { asUnavailable } from "../../../db/outages.ts";
import { type SupportLink, SupportRequestsPage } from "../../../views/owner/support/support-page.tsx";
import type { Page } from "../../../views/page.ts";
import type { FormState } from "../../../views/ui/form-state.ts";
import { actorKeyOf } from "../../auth/permissions.ts";
import { linkSeconds } from "../../auth/support-actor.ts";
import { askForm } from "../../bridge/support.input.ts";
import { askSupport, giveUpSupport, hearSupport, makeSupportLink } from "../../bridge/support.ts";
import { AppError } from "../../errors.ts";
import { refusalOf, refuseInvalid } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { portalAddress } from "../../http/portal-address.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { getTenant } from "../tenants/tenants.ts";
import { listSupportRequests } from "./requests.ts";

const hidden = { detail: { hide: true } };

interface Shown {
  readonly form?: FormState;
  readonly whole?: string | undefined;
  readonly status?: number;
  readonly link?: SupportLink;
}

/** Asking a hospital to be let in, and coming in. */
export const ownerSupportPages = (services: Services) => {
  const show = async (ctx: OwnerContext, page: Page, id: string, shown: Shown = {}) => {
    const tenant = await getTenant(ctx, id);
    const heard = await hear(services, ctx, tenant.id);
    return html(
      SupportRequestsPage({
        ...{ page, ...heard, id: tenant.id, hospital: tenant.companyName, self: actorKeyOf(ctx.actor) },
        form: shown.form ?? { values: { minutes: "60" }, errors: [] },
        ...(shown.whole === undefined ? {} : { whole: shown.whole }),
        ...(shown.link === undefined ? {} : { link: shown.link }),
      }),
      shown.status,
    );
  };
  return new Elysia({ prefix: "/hospitals/:id/support" })
    .use(ownerPages(services))
    .get("", ({ ctx, page, params }) => show(ctx, page, params.id), hidden)
    .post(
      "",
      async ({ ctx, page, params, body, request }) => {
        try {
          await askSupport(services, ctx, params.id, refuseInvalid(parseForm(askForm, body)));
          const text = page.t.privacy.support.askedToast;
          return goTo(request, `/hospitals/${params.id}/support`, { tone: "success", text });
        } catch (error) {
          return show(ctx, page, params.id, refusalOf(page, body, error));
        }
      },
      hidden,
    )
    .post(
      "/:requestId/link",
      async ({ ctx, page, params, request }) => {
        const { subdomain } = await getTenant(ctx, params.id);
        try {
          const code = await makeSupportLink(services, ctx, params.id, params.requestId);
          const href = `${portalAddress(services, request, subdomain)}/support/enter?code=${code}`;
          const until = new Date(ctx.clock.now().getTime() + linkSeconds * 1000);
          return show(ctx, page, params.id, { link: { href, until } });
        } catch (error) {
          const { status, whole } = refusalOf(page, {}, error);
          return show(ctx, page, params.id, { status, whole });
        }
      },
      hidden,
    )
    .post(
      "/:requestId/end",
      async ({ ctx, page, params, request }) => {
        await giveUpSupport(services, ctx, params.id, params.requestId);
        const text = page.t.privacy.support.ended;
        return goTo(request, `/hospitals/${params.id}/support`, { tone: "success", text });
      },
      hidden,
    );
};

/** What the hospital says; where it does not answer, what was last heard of it. */
async function hear(services: Services, ctx: OwnerContext, id: string) {
  try {
    return { requests: await hearSupport(services, ctx, id), away: false };
  } catch (error) {
    const away =
      asUnavailable(error) !== null ||
      (error instanceof AppError && (error.kind === "unavailable" || error.kind === "conflict"));
    if (!away) throw error;
    return { requests: await listSupportRequests(ctx, id), away: true };
  }
}
