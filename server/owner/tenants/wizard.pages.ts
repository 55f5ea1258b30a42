import { Elysia } from "elysia";
import { WizardPage, type WizardProps } from "../../../views/owner/wizard/wizard-page.tsx";
import {
  fieldsOfStep,
  stepOfField,
  type WizardStep,
  wizardSteps,
} from "../../../views/owner/wizard/wizard-state.ts";
import type { Page } from "../../../views/page.ts";
import type { FormState } from "../../../views/ui/form-state.ts";
import { problemOf } from "../../auth/password-judgement.ts";
import { standardPolicy } from "../../auth/password-policy.ts";
import { authorize } from "../../auth/permissions.ts";
import { startProvisioning } from "../../bridge/provision.ts";
import { AppError, type FieldError } from "../../errors.ts";
import { refusalOf, valuesOf } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { goTo, html } from "../../http/reply.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { listPlans } from "../plans/plans.ts";
import { nameProblems } from "./name-check.ts";
import { checkNewHospital, type NewHospital } from "./new-hospital.ts";

const hidden = { detail: { hide: true } };

type Values = Readonly<Record<string, string | undefined>>;

const atFirst: Values = {
  region: "local",
  timeZone: "Asia/Karachi",
  currency: "PKR",
  language: "en",
  plan: "trial",
  isolation: "database",
};

/** The three pages in which a hospital is described. Nothing is kept here between them: the forms carry it all. */
export const wizardPages = (services: Services) =>
  new Elysia({ prefix: "/hospitals/new" })
    .use(ownerPages(services))
    .get(
      "",
      ({ ctx, page }) => {
        authorize(ctx.actor, "tenants:create");
        return show(services, ctx, page, { step: "hospital", form: { values: atFirst, errors: [] } });
      },
      hidden,
    )
    .post("", ({ ctx, page, body, request }) => advance(services, ctx, page, body, request), hidden);

async function show(
  services: Services,
  ctx: OwnerContext,
  page: Page,
  props: Pick<WizardProps, "step" | "form" | "whole">,
  status = 200,
): Promise<Response> {
  const plans = (await listPlans(ctx)).filter((plan) => plan.offered);
  const { baseDomain: base } = services.env;
  return html(WizardPage({ page, plans, base, idempotencyKey: Bun.randomUUIDv7(), ...props }), status);
}

/** Judges the page that was sent; leads to the next, back, or, from the last, to the hospital being set up. */
async function advance(
  services: Services,
  ctx: OwnerContext,
  page: Page,
  body: unknown,
  request: Request,
): Promise<Response> {
  authorize(ctx.actor, "tenants:create");
  const sent = valuesOf(body);
  const step = wizardSteps.find((name) => name === sent["step"]) ?? "hospital";
  const { values, errors } = await judge(services, ctx, step, sent);
  if (sent["back"] === "true")
    return show(services, ctx, page, { step: before(step), form: { values, errors: [] } });
  if (errors.length > 0) return show(services, ctx, page, { step, form: { values, errors } }, 422);
  const next = wizardSteps[wizardSteps.indexOf(step) + 1];
  if (next !== undefined) return show(services, ctx, page, { step: next, form: { values, errors: [] } });
  try {
    const { tenantId } = await startProvisioning(services, ctx, askedFor(services, values));
    return goTo(request, `/hospitals/${tenantId}/set-up`);
  } catch (error) {
    const { status, form, ...whole } = refusalOf(page, body, error);
    const wrong = inForm(form.errors);
    const back = stepOfField(wrong[0]?.field ?? "plan");
    return show(services, ctx, page, { step: back, form: { values, errors: wrong }, ...whole }, status);
  }
}

const before = (step: WizardStep): WizardStep =>
  wizardSteps[Math.max(0, wizardSteps.indexOf(step) - 1)] ?? "hospital";

/** The values as they are carried on, and what is wrong with those of this page. */
async function judge(
  services: Services,
  ctx: OwnerContext,
  step: WizardStep,
  sent: Values,
): Promise<FormState> {
  const values: Record<string, string | undefined> = {};
  for (const name of wizardSteps.flatMap((one) => fieldsOfStep[one])) values[name] = sent[name];
  const errors: FieldError[] = [];
  const password = sent["password"] ?? "";
  const unusable = password === "" ? null : problemOf("password", password, standardPolicy, adminOf(values));
  if (unusable !== null) errors.push(unusable);
  // A password is never written into a page as it is.
  else if (password !== "") values["sealedPassword"] = services.keyring.seal(password);
  const fields = [...fieldsOfStep[step], "password"];
  errors.push(...problemsOf(services, values).filter((problem) => fields.includes(problem.field)));
  if (
    step === "hospital" &&
    !errors.some((problem) => problem.field === "subdomain" || problem.field === "tenantDbName")
  )
    errors.push(
      ...(await nameProblems(ctx, {
        subdomain: values["subdomain"] ?? "",
        tenantDbName: values["tenantDbName"] ?? "",
      })),
    );
  return { values, errors };
}

/** Whose password it is to be, as far as the pages have told. */
const adminOf = (values: Values) => ({
  name: values["adminName"] ?? "",
  email: values["adminEmail"] ?? "",
  places: [values["companyName"] ?? "", values["subdomain"] ?? ""],
});

function problemsOf(services: Services, values: Values): readonly FieldError[] {
  try {
    checkNewHospital(askedFor(services, values));
    return [];
  } catch (error) {
    if (error instanceof AppError && error.kind === "invalid") return inForm(error.fields);
    throw error;
  }
}

/** The rule's names of fields, as the form has them. */
function inForm(errors: readonly FieldError[]): readonly FieldError[] {
  const names: Readonly<Record<string, string>> = {
    "firstAdmin.name": "adminName",
    "firstAdmin.email": "adminEmail",
    "firstAdmin.password": "password",
  };
  return errors.map((error) => ({ ...error, field: names[error.field] ?? error.field }));
}

function askedFor(services: Services, values: Values): NewHospital {
  const text = (name: string) => values[name] ?? "";
  const language = text("language");
  return {
    companyName: text("companyName"),
    subdomain: text("subdomain"),
    tenantDbName: text("tenantDbName") || undefined,
    region: text("region"),
    plan: text("plan"),
    isolation: text("isolation") === "schema" ? "schema" : "database",
    firstAdmin: {
      name: text("adminName"),
      email: text("adminEmail"),
      password: openedPassword(services, text("sealedPassword")),
    },
    timeZone: text("timeZone"),
    currency: text("currency"),
    language: language === "ur" || language === "hi" ? language : "en",
  };
}

function openedPassword(services: Services, sealed: string): string | undefined {
  if (sealed === "") return undefined;
  try {
    return services.keyring.unseal(sealed);
  } catch {
    throw new AppError("invalid", "input.invalid", "Choose the password again.", {
      fields: [{ field: "firstAdmin.password", code: "invalid", message: "Choose the password again." }],
    });
  }
}
