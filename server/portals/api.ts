import { Elysia } from "elysia";
import { hospitalSignInApi } from "../auth/hospital-sign-in.api.ts";
import { ownerSignInApi } from "../auth/owner-sign-in.api.ts";
import type { Services } from "../tenancy/services.ts";

/** Every JSON route of a hospital. */
export const tenantApiRoutes = (services: Services) => new Elysia().use(hospitalSignInApi(services));

/** Every JSON route of the owner plane. */
export const ownerApiRoutes = (services: Services) => new Elysia().use(ownerSignInApi(services));
