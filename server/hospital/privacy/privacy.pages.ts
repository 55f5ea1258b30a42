import { Elysia } from "elysia";
import type { Services } from "../../tenancy/services.ts";
import { emergencyPages } from "./emergency.pages.ts";
import { patientPrivacyPages } from "./patient-privacy.pages.ts";
import { reviewPages } from "./reviews.pages.ts";

/** Restricting a record, opening one in need, and reviewing who did. */
export const privacyPages = (services: Services) =>
  new Elysia().use(patientPrivacyPages(services)).use(emergencyPages(services)).use(reviewPages(services));
