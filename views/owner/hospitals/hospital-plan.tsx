import type { Plan } from "../../../server/owner/plans/plans.ts";
import { formatMoney, formatNumber } from "../../format.ts";
import type { Page } from "../../page.ts";
import { DescriptionList } from "../../ui/description-list.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Meter } from "../../ui/progress.tsx";
import { Ago, Instant } from "../../ui/time.tsx";
import { SubscriptionStatus } from "./hospital-words.tsx";
import type { HospitalRow } from "./hospitals-table.tsx";

/** The hospital's subscription, and how much of its plan is in use. */
export function HospitalPlan(props: { page: Page; hospital: HospitalRow; plan: Plan | null }): JSX.Element {
  const { page, hospital, plan } = props;
  const { subscription: t, usage } = page.t.owner;
  return (
    <Panel title={t.title}>
      <DescriptionList
        page={page}
        items={[
          { term: t.plan, text: hospital.planName },
          { term: t.state, value: <SubscriptionStatus page={page} status={hospital.subscriptionStatus} /> },
          ...(hospital.subscriptionStatus === "trial" && hospital.trialEndsAt !== null
            ? [{ term: t.trialEnds, value: <Instant page={page} at={hospital.trialEndsAt} /> }]
            : []),
          ...(plan === null
            ? []
            : [
                { term: t.price, text: t.perMonth(formatMoney(page, plan.monthlyPriceMinor, plan.currency)) },
              ]),
          {
            term: usage.patients,
            value: (
              <Used
                page={page}
                label={usage.patients}
                used={hospital.patientCount}
                limit={hospital.limits.patients}
              />
            ),
          },
          {
            term: usage.users,
            value: (
              <Used page={page} label={usage.users} used={hospital.userCount} limit={hospital.limits.users} />
            ),
          },
          { term: usage.asOf, value: <Ago page={page} at={hospital.usageAt} /> },
        ]}
      />
    </Panel>
  );
}

function Used(props: { page: Page; label: string; used: number | null; limit: number | null }): JSX.Element {
  const { page, used, limit } = props;
  if (used === null) return <span class="faint">–</span>;
  if (limit === null)
    return <span safe>{`${formatNumber(page, used)}, ${page.t.owner.usage.unlimited}`}</span>;
  return <Meter page={page} label={props.label} used={used} limit={limit} />;
}
