import { Elysia } from "elysia";
import { EnterPage } from "../../../views/hospital/support/enter-page.tsx";
import { SupportPage } from "../../../views/hospital/support/support-page.tsx";
import { SupportRequestPage } from "../../../views/hospital/support/support-request-page.tsx";
import type { Page } from "../../../views/page.ts";
import { emptyForm, type FormState } from "../../../views/ui/form-state.ts";
import { authorize, may } from "../../auth/permissions.ts";
import { enterByLink, leaveAsSupport } from "../../auth/support-actor.ts";
import { tellOwnerOfSupport } from "../../bridge/support.ts";
import { AppError } from "../../errors.ts";
import { clearCookie, setCookie } from "../../http/cookies.ts";
import { factsOf } from "../../http/facts.ts";
import { chosenOf, refusalOf, refuseInvalid, valuesOf } from "../../http/form.ts";
import { hospitalOpen, hospitalPages } from "../../http/hospital.ts";
import { goTo, html } from "../../http/reply.ts";
import { supportCookieName } from "../../http/support.ts";
import { parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { privacyRooms } from "../privacy/rooms.ts";
import { forgetWaiting } from "../privacy/waiting.ts";
import { acceptForm, refuseInput, supportRights, supportRightsByDefault } from "./support.input.ts";
import { acceptSupport, endSupport, getSupportGrant, listSupportGrants, refuseSupport } from "./support.ts";

const hidden = { detail: { hide: true } };

/** Letting support in, and their coming in. */
export const supportPages = (services: Services) =>
  new Elysia().use(decisionPages(services)).use(entrancePages(services)).use(exitPages(services));

const decisionPages = (services: Services) => {
  const told = async (ctx: HospitalContext) => {
    forgetWaiting();
    await tellOwnerOfSupport(services, ctx.hospital.id);
  };
  return new Elysia({ prefix: "/privacy/support" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page }) =>
        html(SupportPage({ page, rooms: privacyRooms(ctx.actor), grants: await listSupportGrants(ctx) })),
      hidden,
    )
    .get("/:id", ({ ctx, page, params }) => show(ctx, page, params.id), hidden)
    .post(
      "/:id/acceptance",
      async ({ ctx, page, params, body, request }) => {
        const chosen = chosenOf(body, "permissions");
        try {
          const { minutes } = refuseInvalid(parseForm(acceptForm, body));
          const permissions = supportRights.filter((one) => chosen.includes(one));
          await acceptSupport(ctx, params.id, { minutes, permissions });
          await told(ctx);
          return goTo(request, "/privacy/support", {
            ...{ tone: "success", text: page.t.privacy.support.accepted },
          });
        } catch (error) {
          const { status, form, whole } = refusalOf(page, body, error);
          return show(ctx, page, params.id, { status, form, whole, chosen });
        }
      },
      hidden,
    )
    .post(
      "/:id/refusal",
      async ({ ctx, page, params, body, request }) => {
        try {
          const { note } = refuseInvalid(parseForm(refuseInput, body));
          await refuseSupport(ctx, params.id, note ?? null);
          await told(ctx);
          return goTo(request, "/privacy/support", {
            ...{ tone: "success", text: page.t.privacy.support.refused },
          });
        } catch (error) {
          const { status, form, whole } = refusalOf(page, body, error);
          return show(ctx, page, params.id, { status, form, whole });
        }
      },
      hidden,
    )
    .post(
      "/:id/end",
      async ({ ctx, page, params, request }) => {
        await endSupport(ctx, params.id);
        await told(ctx);
        return goTo(request, "/privacy/support", { tone: "success", text: page.t.privacy.support.ended });
      },
      hidden,
    );
};

interface Refused {
  readonly status: number;
  readonly form: FormState;
  readonly whole: string | undefined;
  readonly chosen?: readonly string[];
}

async function show(ctx: HospitalContext, page: Page, id: string, refused?: Refused): Promise<Response> {
  const grant = await getSupportGrant(ctx, id);
  const rights = supportRights.filter((one) => may(ctx.actor, one));
  const values = { minutes: String(grant.minutesAsked) };
  return html(
    SupportRequestPage({
      ...{ page, grant, rights, form: refused?.form ?? { ...emptyForm, values } },
      chosen: refused?.chosen ?? supportRightsByDefault,
      ...(refused?.whole === undefined ? {} : { whole: refused.whole }),
    }),
    refused?.status,
  );
}

/** Open to whoever holds the link: a page first, so that whatever fetches links ahead spends none. */
const entrancePages = (services: Services) =>
  new Elysia({ prefix: "/support/enter" })
    .use(hospitalOpen(services))
    .get(
      "",
      ({ page, query }) => html(EnterPage({ page, code: String(query["code"] ?? "").slice(0, 100) })),
      hidden,
    )
    .post(
      "",
      async ({ gate, page, body, request }) => {
        const code = valuesOf(body)["code"] ?? "";
        try {
          const { secret, until } = await enterByLink(gate, code);
          const facts = factsOf(request);
          const response = goTo(request, "/");
          const maxAgeSeconds = Math.ceil((until.getTime() - gate.clock.now().getTime()) / 1000);
          const cookie = setCookie(facts, supportCookieName(facts.secure), secret, { maxAgeSeconds });
          response.headers.append("set-cookie", cookie);
          return response;
        } catch (error) {
          if (!(error instanceof AppError) || error.kind !== "gone") throw error;
          return html(EnterPage({ page, code: "", gone: true }), error.status);
        }
      },
      hidden,
    );

const exitPages = (services: Services) =>
  new Elysia().use(hospitalPages(services)).post(
    "/support/leave",
    async ({ ctx, request }) => {
      if (ctx.actor.kind !== "support") authorize(ctx.actor, "support:decide");
      await leaveAsSupport(ctx);
      const facts = factsOf(request);
      const response = goTo(request, "/sign-in");
      response.headers.append("set-cookie", clearCookie(facts, supportCookieName(facts.secure)));
      response.headers.set("clear-site-data", '"cache", "storage"');
      return response;
    },
    hidden,
  );
