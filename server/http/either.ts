import { Elysia } from "elysia";
import type { Page } from "../../views/page.ts";
import type { EitherContext, Side } from "../auth/either-side.ts";
import type { Services } from "../tenancy/services.ts";
import { enterHospital, enterHospitalApi } from "./hospital.ts";
import { enterOwnerApi, enterOwnerPage } from "./owner.ts";

/** Where each side's JSON routes lie. */
export const apiRoot = {
  hospital: "/api/v1/tenant",
  owner: "/api/v1/owner",
} as const satisfies Record<Side, string>;

/**
 * For pages that both portals have: the context and the page of whoever's browser this is. Marked `async`, since
 * Elysia waits only for a derivation that it can see to be one.
 */
export const eitherPages = (services: Services, side: Side) =>
  new Elysia().derive(
    { as: "scoped" },
    async ({ request, body, route, params }): Promise<{ ctx: EitherContext; page: Page }> =>
      side === "hospital"
        ? enterHospital(services, { request, body, route })
        : enterOwnerPage(services, { request, body, route, params }),
  );

/** For JSON routes that both sides have: the context of whoever's access token or key this is. */
export const eitherApi = (services: Services, side: Side) =>
  new Elysia().derive(
    { as: "scoped" },
    async ({ request, body, route, params }): Promise<{ ctx: EitherContext }> => ({
      ctx:
        side === "hospital"
          ? await enterHospitalApi(services, { request, body, route })
          : await enterOwnerApi(services, { request, body, route, params }),
    }),
  );
