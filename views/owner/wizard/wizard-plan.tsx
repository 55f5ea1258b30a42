import type { Plan } from "../../../server/owner/plans/plans.ts";
import { formatMoney, formatNumber } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Code } from "../../ui/bdi.tsx";
import { RadioGroup } from "../../ui/choices.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { FormSection } from "../../ui/form.tsx";
import { Panel } from "../../ui/panel.tsx";
import type { WizardProps } from "./wizard-page.tsx";

/** The last page: what it may have, where its tables lie, and what is about to be made. */
export function WizardPlan(props: WizardProps): JSX.Element {
  const { page, form } = props;
  const { wizard: t, details } = page.t.owner;
  return (
    <>
      <FormSection title={t.steps.plan}>
        <RadioGroup
          page={page}
          form={form}
          name="plan"
          label={t.plan}
          options={props.plans.map((plan) => ({
            value: plan.key,
            label: nameOf(page, plan),
            hint: hintOf(page, plan),
          }))}
        />
        <RadioGroup
          page={page}
          form={form}
          name="isolation"
          label={t.isolation}
          options={(["database", "schema"] as const).map((value) => ({
            value,
            label: details.isolations[value],
            hint: t.isolationHints[value],
          }))}
        />
      </FormSection>
      <Panel title={t.summary}>
        <DescriptionList
          page={page}
          items={[
            { term: t.companyName, text: form.values["companyName"] ?? "" },
            { term: t.subdomain, value: <Code text={`${form.values["subdomain"] ?? ""}.${props.base}`} /> },
            { term: t.region, text: form.values["region"] ?? "" },
            { term: t.adminEmail, text: form.values["adminEmail"] ?? "" },
          ]}
        />
      </Panel>
    </>
  );
}

function nameOf(page: Page, plan: Plan): string {
  const { subscription } = page.t.owner;
  const price = formatMoney(page, plan.monthlyPriceMinor, plan.currency);
  return `${plan.name} · ${subscription.perMonth(price)}`;
}

function hintOf(page: Page, { limits, trialDays }: Plan): string {
  const { wizard: t } = page.t.owner;
  const figure = (value: number | null) => (value === null ? t.unlimited : formatNumber(page, value));
  return t.planHint(figure(limits.patients), figure(limits.users), trialDays);
}
