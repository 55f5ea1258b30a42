import { Elysia } from "elysia";
import { accountRoutePages } from "../auth/account.pages.ts";
import { credentialsPages } from "../auth/credentials.pages.ts";
import { keysPages } from "../auth/keys/keys.pages.ts";
import { locksPages } from "../auth/locks/locks.pages.ts";
import { signInPages } from "../auth/sign-in.pages.ts";
import { auditLogPages } from "../hospital/audit/audit-log.pages.ts";
import { consentsPages } from "../hospital/consents/consents.pages.ts";
import { departmentsPages } from "../hospital/departments/departments.pages.ts";
import { documentsPages } from "../hospital/documents/documents.pages.ts";
import { homePages } from "../hospital/home/home.pages.ts";
import { importPages } from "../hospital/import/import.pages.ts";
import { patientPages } from "../hospital/patients/patient.pages.ts";
import { patientsPages } from "../hospital/patients/patients.pages.ts";
import { privacyPages } from "../hospital/privacy/privacy.pages.ts";
import { profilePages } from "../hospital/profile/profile.pages.ts";
import { retentionPages } from "../hospital/retention/retention.pages.ts";
import { rolesPages } from "../hospital/roles/roles.pages.ts";
import { passwordPolicyPages } from "../hospital/settings/password-policy.pages.ts";
import { settingsPages } from "../hospital/settings/settings.pages.ts";
import { supportPages } from "../hospital/support/support.pages.ts";
import { userImportsPages } from "../hospital/users/import/user-imports.pages.ts";
import { invitationPages } from "../hospital/users/invitations.pages.ts";
import { userSessionsPages } from "../hospital/users/user-sessions.pages.ts";
import { usersPages } from "../hospital/users/users.pages.ts";
import { answerError } from "../http/errors.ts";
import { preferencePages } from "../http/preferences.ts";
import { mailboxPages } from "../mail/mailbox.pages.ts";
import { outboxPages } from "../mail/outbox.pages.ts";
import type { Services } from "../tenancy/services.ts";
import { tenantApiRoutes } from "./api.ts";
import { docsPortal } from "./docs.ts";
import { gather } from "./gather.ts";

/** The portal of each hospital: which one is in the request's facts. */
export function hospitalPortal(services: Services): Elysia {
  const frame = new Elysia().onError(({ error, request }) => answerError(services, request, error));
  return gather(frame, [
    preferencePages(services),
    docsPortal(services),
    signInPages(services, "hospital"),
    credentialsPages(services, "hospital"),
    mailboxPages(services, "hospital"),
    passwordPolicyPages(services),
    homePages(services),
    profilePages(services),
    accountRoutePages(services, "hospital"),
    settingsPages(services),
    patientsPages(services),
    patientPages(services),
    auditLogPages(services),
    privacyPages(services),
    consentsPages(services),
    documentsPages(services),
    supportPages(services),
    retentionPages(services),
    usersPages(services),
    userImportsPages(services),
    invitationPages(services),
    userSessionsPages(services),
    rolesPages(services),
    departmentsPages(services),
    keysPages(services, "hospital"),
    locksPages(services, "hospital"),
    outboxPages(services, "hospital"),
    importPages(services),
    tenantApiRoutes(services),
  ]);
}
