import type { Plan } from "../../../server/owner/plans/plans.ts";
import { formatBytes, formatMoney, formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { DataTable } from "../../ui/data-table.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

/** What each plan allows and costs. */
export function PlansPage(props: { page: Page; plans: readonly Plan[] }): JSX.Element {
  const { page } = props;
  const { plans: t, usage } = page.t.owner;
  const { trialDays } = t;
  const figure = (value: number | null) => (value === null ? usage.unlimited : formatNumber(page, value));
  const money = (amountMinor: number, plan: Plan) => formatMoney(page, amountMinor, plan.currency);
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead} />
      <DataTable
        page={page}
        caption={t.title}
        rows={props.plans}
        faint={(plan) => !plan.offered}
        columns={[
          {
            key: "name",
            header: t.name,
            card: "title",
            text: (plan) => (plan.offered ? plan.name : `${plan.name} (${t.notOffered})`),
          },
          {
            key: "monthly",
            header: t.monthly,
            figures: true,
            text: (plan) => money(plan.monthlyPriceMinor, plan),
          },
          {
            key: "yearly",
            header: t.yearly,
            figures: true,
            minor: true,
            text: (plan) => money(plan.yearlyPriceMinor, plan),
          },
          { key: "trial", header: t.trial, figures: true, text: (plan) => trialDays(plan.trialDays) },
          {
            key: "patients",
            header: t.patients,
            figures: true,
            text: (plan) => figure(plan.limits.patients),
          },
          { key: "users", header: t.users, figures: true, text: (plan) => figure(plan.limits.users) },
          {
            key: "storage",
            header: t.storage,
            figures: true,
            minor: true,
            text: ({ limits: { storageMegabytes } }) =>
              storageMegabytes === null ? usage.unlimited : formatBytes(page, storageMegabytes * 1_000_000),
          },
          {
            key: "api",
            header: t.api,
            figures: true,
            minor: true,
            text: (plan) => figure(plan.limits.apiCallsPerDay),
          },
          {
            key: "backups",
            header: t.backups,
            figures: true,
            minor: true,
            text: (plan) => trialDays(plan.backupRetentionDays),
          },
        ]}
      />
    </AppLayout>
  );
}
