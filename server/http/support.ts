import type { CountedBanner, Page } from "../../views/page.ts";
import { may, type OwnerActor, type SupportActor } from "../auth/permissions.ts";
import { isSupportOpen, supportOfCookie } from "../auth/support-actor.ts";
import { waitingFor } from "../hospital/privacy/waiting.ts";
import { insideOf } from "../owner/support/requests.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { hospitalContext, hospitalGate } from "./contexts.ts";
import { readCookie } from "./cookies.ts";
import { csrfToken, requireCsrf } from "./csrf.ts";
import { factsOf } from "./facts.ts";
import { hospitalMenuFor } from "./menu.ts";
import { strangersPage } from "./page.ts";

/** The cookie of support, beside the staff's own: bound to one host over https. */
export function supportCookieName(secure: boolean): string {
  return secure ? "__Host-wardline-support" : "wardline_support";
}

/** Whoever of support this browser is let in as; null where it has no cookie that opens anything. */
export async function signedInSupport(services: Services, request: Request): Promise<SupportActor | null> {
  const secret = readCookie(request, supportCookieName(factsOf(request).secure));
  if (secret === null || secret.length < 20 || secret.length > 100) return null;
  return supportOfCookie(hospitalGate(services, request), secret);
}

/** Lets a browser of support in by its cookie; null where it has none that opens anything. */
export async function enterSupportPage(
  services: Services,
  { request, body, route }: { readonly request: Request; readonly body: unknown; readonly route: string },
): Promise<{ readonly ctx: HospitalContext; readonly page: Page } | null> {
  const actor = await signedInSupport(services, request);
  if (actor === null) return null;
  const facts = factsOf(request);
  const gate = hospitalGate(services, request);
  facts.route = route;
  facts.stillOpen = () => isSupportOpen(gate, actor.sessionId);
  const page = supportsPage(services, request, actor);
  facts.page = page;
  requireCsrf(request, services.keyring, actor.sessionId, body);
  return { ctx: await hospitalContext(gate, actor, request, body), page };
}

/** The page as support sees it: never without the time that is left. */
function supportsPage(services: Services, request: Request, actor: SupportActor): Page {
  const page = strangersPage(services, request);
  const { url } = factsOf(request);
  const { support } = page.t.privacy;
  return {
    ...page,
    csrf: csrfToken(services.keyring, actor.sessionId),
    // Who it is and the way out stand in the banner; an account there is none.
    person: null,
    menu: hospitalMenuFor(actor, page.t, url.pathname),
    search: may(actor, "patients:read")
      ? { action: "/patients", value: "", label: page.t.shell.searchPatients }
      : null,
    banners: [
      {
        ...{
          tone: "warning",
          icon: "log-in",
          title: support.youAreInside(page.brand.name),
          until: actor.until,
        },
        end: { action: "/support/leave", label: support.leave },
      },
    ],
  };
}

/** The page of somebody of the staff with what waits for them, and who of support is let in. */
export async function withWaiting(ctx: HospitalContext, page: Page): Promise<Page> {
  const waiting = await waitingFor(ctx);
  if (waiting === null) return page;
  const { support } = page.t.privacy;
  const now = ctx.clock.now();
  const banners = waiting.supportInside
    .filter(({ until }) => until > now)
    .map(
      ({ id, name, until }): CountedBanner => ({
        ...{ tone: "warning", icon: "log-in", title: support.inside(name), until },
        end: { action: `/privacy/support/${id}/end`, label: support.end },
      }),
    );
  return {
    ...page,
    notices: { href: "/privacy", unread: waiting.reviews + waiting.supportRequests },
    ...(banners.length === 0 ? {} : { banners: [...(page.banners ?? []), ...banners] }),
  };
}

/** The page of an operator with the hospitals that have let them in. */
export async function withInside(
  ctx: Pick<OwnerContext, "db" | "clock"> & { readonly actor: OwnerActor },
  page: Page,
): Promise<Page> {
  const inside = await insideOf(ctx);
  if (inside.length === 0) return page;
  const { support } = page.t.privacy;
  return {
    ...page,
    banners: inside.map(
      ({ tenantId, hospital, until }): CountedBanner => ({
        ...{ tone: "warning", icon: "log-in", title: support.openAt(hospital), until },
        link: { href: `/hospitals/${tenantId}/support`, label: support.title },
      }),
    ),
  };
}
