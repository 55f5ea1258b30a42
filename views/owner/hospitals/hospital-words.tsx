import type { HospitalHealth } from "../../../server/owner/health/health.ts";
import type { TenantSummary } from "../../../server/owner/tenants/tenants-list.ts";
import type { Page } from "../../page.ts";
import { Chip, StatusChip } from "../../ui/chip.tsx";

/** A hospital's state, in the one look it has everywhere. */
export function HospitalStatus(props: { page: Page; status: TenantSummary["status"] }): JSX.Element {
  const { page, status } = props;
  const { states } = page.t.owner;
  if (status === "provisioning") return <Chip tone="info" icon="loader-circle" label={states.provisioning} />;
  if (status === "deleting") return <Chip tone="danger" icon="trash-2" label={states.deleting} />;
  return <StatusChip page={page} state={status} />;
}

/** The state of a subscription. */
export function SubscriptionStatus(props: {
  page: Page;
  status: TenantSummary["subscriptionStatus"];
}): JSX.Element {
  const { page, status } = props;
  const { states } = page.t.owner;
  if (status === null) return "";
  if (status === "grace") return <Chip tone="warning" label={states.grace} />;
  if (status === "past_due") return <StatusChip page={page} state="pastDue" />;
  return <StatusChip page={page} state={status} />;
}

/** How one of the two databases was at the last look. Silence is never shown as health. */
export function DatabaseHealth(props: { page: Page; check: HospitalHealth["primary"] }): JSX.Element {
  const { page, check } = props;
  if (check === null)
    return <StatusChip page={page} state="unknown" title={page.t.owner.hospitals.notAsked} />;
  const stale = page.now.getTime() - check.checkedAt.getTime() > staleMs;
  if (stale) return <StatusChip page={page} state="unknown" />;
  if (!check.reachable)
    return (
      <StatusChip
        page={page}
        state="unreachable"
        {...(check.reason === null ? {} : { title: check.reason })}
      />
    );
  return <StatusChip page={page} state={(check.latencyMs ?? 0) > slowMs ? "slow" : "healthy"} />;
}

/** A look older than this says nothing of now. */
const staleMs = 3.5 * 60_000;
const slowMs = 250;
