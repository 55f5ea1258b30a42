import { Elysia } from "elysia";
import { createDashboard } from "../../jobs/dashboard.ts";
import { accountRoutePages, operatorProfilePages } from "../auth/account.pages.ts";
import { credentialsPages } from "../auth/credentials.pages.ts";
import { keysPages } from "../auth/keys/keys.pages.ts";
import { locksPages } from "../auth/locks/locks.pages.ts";
import { authorize } from "../auth/permissions.ts";
import { signInPages } from "../auth/sign-in.pages.ts";
import { AppError } from "../errors.ts";
import { refuseBeforePassword } from "../http/entering.ts";
import { answerError } from "../http/errors.ts";
import { factsOf } from "../http/facts.ts";
import { signedInOperator } from "../http/owner.ts";
import { preferencePages } from "../http/preferences.ts";
import { mailboxPages } from "../mail/mailbox.pages.ts";
import { outboxPages } from "../mail/outbox.pages.ts";
import { ownerAuditPages } from "../owner/audit/owner-audit.pages.ts";
import { healthPages } from "../owner/health/health.pages.ts";
import { ownerHomePages } from "../owner/home/home.pages.ts";
import { nodesPages } from "../owner/nodes/nodes.pages.ts";
import { operatorInvitationPages } from "../owner/operators/operator-invitations.pages.ts";
import { operatorSessionsPages } from "../owner/operators/operator-sessions.pages.ts";
import { operatorsPages } from "../owner/operators/operators.pages.ts";
import { ownerPasswordPolicyPages } from "../owner/operators/password-policy.pages.ts";
import { signInRulesPages } from "../owner/operators/sign-in-rules.pages.ts";
import { peoplePages } from "../owner/people/people.pages.ts";
import { ownerSupportPages } from "../owner/support/support.pages.ts";
import { setUpPages } from "../owner/tenants/set-up.pages.ts";
import { tenantSyncPages } from "../owner/tenants/tenant-sync.pages.ts";
import { tenantsPages } from "../owner/tenants/tenants.pages.ts";
import { wizardPages } from "../owner/tenants/wizard.pages.ts";
import type { Services } from "../tenancy/services.ts";
import { ownerApiRoutes } from "./api.ts";
import { docsPortal } from "./docs.ts";
import { gather } from "./gather.ts";
import { syncPortal } from "./sync.ts";

/** The owner portal. */
export function ownerPortal(services: Services): Elysia {
  const board = createDashboard(services.queue);
  const jobs = async ({ request }: { request: Request }) => {
    factsOf(request).route = "/jobs/*";
    const operator = await signedInOperator(services, request);
    if (operator === null) throw new AppError("unauthenticated", "auth.session-ended", "Sign in to go on.");
    refuseBeforePassword(operator.mustChangePassword, false);
    authorize(operator.actor, "jobs:view");
    return board.handle(request);
  };
  const frame = new Elysia()
    .onError(({ error, request }) => answerError(services, request, error))
    .all("/jobs", jobs, { parse: "none", detail: { hide: true } })
    .all("/jobs/*", jobs, { parse: "none", detail: { hide: true } });
  return gather(frame, [
    preferencePages(services),
    docsPortal(services),
    signInPages(services, "owner"),
    credentialsPages(services, "owner"),
    mailboxPages(services, "owner"),
    ownerPasswordPolicyPages(services),
    operatorProfilePages(services),
    operatorSessionsPages(services),
    signInRulesPages(services),
    accountRoutePages(services, "owner"),
    ownerApiRoutes(services),
    ownerHomePages(services),
    healthPages(services),
    operatorInvitationPages(services),
    operatorsPages(services),
    peoplePages(services),
    keysPages(services, "owner"),
    locksPages(services, "owner"),
    outboxPages(services, "owner"),
    wizardPages(services),
    setUpPages(services),
    tenantSyncPages(services),
    nodesPages(services),
    ownerAuditPages(services),
    tenantsPages(services),
    ownerSupportPages(services),
    syncPortal(services),
  ]);
}
