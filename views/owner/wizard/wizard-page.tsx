import type { Plan } from "../../../server/owner/plans/plans.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { WizardSteps } from "../../ui/steps.tsx";
import { WizardAdmin, WizardHospital } from "./wizard-fields.tsx";
import { WizardPlan } from "./wizard-plan.tsx";
import { fieldsOfStep, type WizardStep, wizardSteps } from "./wizard-state.ts";

export interface WizardProps {
  readonly page: Page;
  readonly step: WizardStep;
  readonly form: FormState;
  readonly whole?: string;
  readonly plans: readonly Plan[];
  /** What hospitals' addresses end in. */
  readonly base: string;
  /** Makes a second sending of the last page create nothing more. */
  readonly idempotencyKey: string;
}

/** One of the three pages that describe a new hospital; what the others hold is carried along. */
export function WizardPage(props: WizardProps): JSX.Element {
  const { page, step, form } = props;
  const { wizard: t, hospitals } = page.t.owner;
  const index = wizardSteps.indexOf(step);
  const last = index === wizardSteps.length - 1;
  const labels = labelsOf(page);
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} crumbs={[{ label: hospitals.title, href: "/hospitals" }]} />
      <WizardSteps page={page} labels={wizardSteps.map((name) => t.steps[name])} current={index} />
      <FormErrors
        page={page}
        form={form}
        labels={labels}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/hospitals/new" {...(last ? { idempotencyKey: props.idempotencyKey } : {})}>
        <input type="hidden" name="step" value={step} />
        <Carried {...props} />
        {step === "hospital" ? <WizardHospital {...props} labels={labels} /> : ""}
        {step === "admin" ? <WizardAdmin {...props} labels={labels} /> : ""}
        {step === "plan" ? <WizardPlan {...props} /> : ""}
        <FormActions>
          <Button label={last ? t.create : t.next} look="primary" />
          {index === 0 ? (
            <LinkButton href="/hospitals" label={page.t.actions.cancel} look="ghost" />
          ) : (
            <Button label={t.back} name="back" value="true" look="ghost" formnovalidate />
          )}
        </FormActions>
      </Form>
    </AppLayout>
  );
}

/** The name of each field as the person reads it. */
export function labelsOf(page: Page): Readonly<Record<string, string>> {
  const { wizard: t } = page.t.owner;
  return {
    companyName: t.companyName,
    subdomain: t.subdomain,
    tenantDbName: t.tenantDbName,
    region: t.region,
    timeZone: t.timeZone,
    currency: t.currency,
    language: t.language,
    adminName: t.adminName,
    adminEmail: t.adminEmail,
    password: t.adminPassword,
    plan: t.plan,
    isolation: t.isolation,
  };
}

function Carried({ step, form }: WizardProps): JSX.Element {
  const others = wizardSteps.filter((other) => other !== step).flatMap((other) => fieldsOfStep[other]);
  // The sealed password stands on its own page too: the field there takes a new one only.
  const names = step === "admin" ? [...others, "sealedPassword"] : others;
  return (
    <>
      {names.map((name) => {
        const value = form.values[name];
        return value === undefined || value === "" ? "" : <input type="hidden" name={name} value={value} />;
      })}
    </>
  );
}
