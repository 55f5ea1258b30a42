import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Messages } from "../../messages/en.ts";
import type { Page } from "../../page.ts";
import { Button } from "../../ui/button.tsx";
import { Form, FormActions, FormErrors, FormSection } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { NumberInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

type Words = Messages["health"]["thresholds"];
type Limit = Exclude<keyof Words, "title" | "lead" | "saved" | "when" | "keep" | "sizeHint" | "units">;

const when: readonly (readonly [Limit, keyof Words["units"] | null])[] = [
  ["silentMinutes", "min"],
  ["latencyMs", "ms"],
  ["lagSeconds", "s"],
  ["lagRows", "rows"],
  ["connectionPercent", "percent"],
  ["proofHours", "h"],
  ["sizeGigabytes", "gb"],
  ["raiseAfter", null],
  ["clearAfter", null],
];
const keep: readonly (readonly [Limit, keyof Words["units"] | null])[] = [
  ["rawDays", "days"],
  ["hourDays", "days"],
];

/** What counts as wrong with hospitals' databases. */
export function ThresholdsPage(props: {
  page: Page;
  form: FormState;
  version: number;
  mayEdit: boolean;
  whole?: string;
}): JSX.Element {
  const { page, form } = props;
  const { thresholds: t } = page.t.health;
  const field = ([name, unit]: (typeof when)[number]) => (
    <NumberInput
      page={page}
      form={form}
      name={name}
      label={t[name]}
      optional={name === "sizeGigabytes"}
      disabled={!props.mayEdit}
      {...(unit === null ? {} : { suffix: t.units[unit] })}
      {...(name === "sizeGigabytes" ? { hint: t.sizeHint } : {})}
    />
  );
  const labels = Object.fromEntries([...when, ...keep].map(([name]) => [name, t[name]]));
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead} crumbs={[{ label: page.t.nav.health, href: "/health" }]} />
      <FormErrors
        page={page}
        form={form}
        labels={labels}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action="/health/limits" version={props.version}>
        <FormSection title={t.when}>{when.map(field)}</FormSection>
        <FormSection title={t.keep}>{keep.map(field)}</FormSection>
        {props.mayEdit ? (
          <FormActions>
            <Button label={page.t.actions.saveChanges} look="primary" />
          </FormActions>
        ) : (
          ""
        )}
      </Form>
    </AppLayout>
  );
}
