import { Elysia } from "elysia";
import { accountRoutes } from "../auth/account.api.ts";
import { credentialsApi } from "../auth/credentials.api.ts";
import { keysApi } from "../auth/keys/keys.api.ts";
import { locksApi } from "../auth/locks/locks.api.ts";
import { signInApi } from "../auth/sign-in.api.ts";
import { auditLogApi } from "../hospital/audit/audit-log.api.ts";
import { clinicalApi } from "../hospital/clinical/clinical.api.ts";
import { consentsApi } from "../hospital/consents/consents.api.ts";
import { departmentsApi } from "../hospital/departments/departments.api.ts";
import { documentsApi, patientDocumentsApi } from "../hospital/documents/documents.api.ts";
import { importApi } from "../hospital/import/import.api.ts";
import { patientsApi } from "../hospital/patients/patients.api.ts";
import { privacyApi } from "../hospital/privacy/privacy.api.ts";
import { retentionApi } from "../hospital/retention/retention.api.ts";
import { rolesApi } from "../hospital/roles/roles.api.ts";
import { passwordPolicyApi } from "../hospital/settings/password-policy.api.ts";
import { settingsApi } from "../hospital/settings/settings.api.ts";
import { supportApi } from "../hospital/support/support.api.ts";
import { userImportsApi } from "../hospital/users/import/user-imports.api.ts";
import { signUpApi } from "../hospital/users/sign-up.api.ts";
import { userSessionsApi } from "../hospital/users/user-sessions.api.ts";
import { usersApi } from "../hospital/users/users.api.ts";
import { outboxApi } from "../mail/outbox.api.ts";
import { ownerAuditApi } from "../owner/audit/owner-audit.api.ts";
import { databaseHealthApi, healthApi } from "../owner/health/health.api.ts";
import { nodesApi } from "../owner/nodes/nodes.api.ts";
import { operatorSessionsApi } from "../owner/operators/operator-sessions.api.ts";
import { operatorSignUpApi, operatorsApi } from "../owner/operators/operators.api.ts";
import { ownerPasswordPolicyApi } from "../owner/operators/password-policy.api.ts";
import { signInRulesApi } from "../owner/operators/sign-in-rules.api.ts";
import { peopleApi } from "../owner/people/people.api.ts";
import { plansApi } from "../owner/plans/plans.api.ts";
import { serversApi } from "../owner/servers/servers.api.ts";
import { ownerSupportApi } from "../owner/support/support.api.ts";
import { provisioningApi } from "../owner/tenants/provisioning.api.ts";
import { tenantInsideApi } from "../owner/tenants/tenant-inside.api.ts";
import { tenantStatusApi } from "../owner/tenants/tenant-status.api.ts";
import { tenantSyncApi } from "../owner/tenants/tenant-sync.api.ts";
import { tenantsApi } from "../owner/tenants/tenants.api.ts";
import type { Services } from "../tenancy/services.ts";
import { gather } from "./gather.ts";

/** Every JSON route of a hospital. */
export const tenantApiRoutes = (services: Services): Elysia =>
  gather(new Elysia(), [
    signInApi(services, "hospital"),
    credentialsApi(services, "hospital"),
    passwordPolicyApi(services),
    accountRoutes(services, "hospital"),
    patientsApi(services),
    privacyApi(services),
    consentsApi(services),
    supportApi(services),
    retentionApi(services),
    usersApi(services),
    userImportsApi(services),
    signUpApi(services),
    userSessionsApi(services),
    rolesApi(services),
    departmentsApi(services),
    settingsApi(services),
    clinicalApi(services),
    patientDocumentsApi(services),
    documentsApi(services),
    auditLogApi(services),
    importApi(services),
    keysApi(services, "hospital"),
    locksApi(services, "hospital"),
    outboxApi(services, "hospital"),
  ]);

/** Every JSON route of the owner plane. */
export const ownerApiRoutes = (services: Services): Elysia =>
  gather(new Elysia(), [
    signInApi(services, "owner"),
    credentialsApi(services, "owner"),
    ownerPasswordPolicyApi(services),
    accountRoutes(services, "owner"),
    tenantsApi(services),
    tenantStatusApi(services),
    tenantInsideApi(services),
    healthApi(services),
    databaseHealthApi(services),
    provisioningApi(services),
    tenantSyncApi(services),
    ownerSupportApi(services),
    ownerAuditApi(services),
    nodesApi(services),
    plansApi(services),
    operatorSessionsApi(services),
    signInRulesApi(services),
    peopleApi(services),
    operatorsApi(services),
    operatorSignUpApi(services),
    serversApi(services),
    keysApi(services, "owner"),
    locksApi(services, "owner"),
    outboxApi(services, "owner"),
  ]);
