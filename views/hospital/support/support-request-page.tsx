import type { SupportGrant } from "../../../server/hospital/support/support.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { CheckboxGroup } from "../../ui/choices.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { CsrfField, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { NumberInput, Textarea } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { SupportState } from "./support-page.tsx";

export interface SupportRequestProps {
  readonly page: Page;
  readonly grant: SupportGrant;
  /** What the person may give. */
  readonly rights: readonly string[];
  readonly chosen: readonly string[];
  readonly form: FormState;
  readonly whole?: string;
}

/** One request of support: who, why, how long; and the answer. */
export function SupportRequestPage(props: SupportRequestProps): JSX.Element {
  const { page, grant } = props;
  const { support: t, title } = page.t.privacy;
  return (
    <AppLayout page={page} title={t.detail}>
      <PageHeader
        title={t.detail}
        crumbs={[
          { label: title, href: "/privacy" },
          { label: t.title, href: "/privacy/support" },
        ]}
        status={<SupportState page={page} status={grant.status} />}
      />
      <Facts {...props} />
      {grant.status === "waiting" ? <Answer {...props} /> : ""}
      {grant.status === "accepted" ? (
        <form method="post" action={`/privacy/support/${grant.id}/end`} data-hold>
          <CsrfField page={page} />
          <Button label={t.end} look="danger" icon="ban" />
        </form>
      ) : (
        ""
      )}
    </AppLayout>
  );
}

function nameOf(page: Page, right: string): string {
  const names: Readonly<Record<string, string>> = page.t.staff.permissionNames;
  return names[right] ?? right;
}

function Facts({ page, grant }: SupportRequestProps): JSX.Element {
  const { support: t } = page.t.privacy;
  const at = (instant: Date | null) => (instant === null ? "" : <Instant page={page} at={instant} />);
  const given = grant.permissions.map((right) => nameOf(page, right)).join(", ");
  return (
    <Panel title={t.facts}>
      <DescriptionList
        page={page}
        items={[
          { term: t.who, text: `${grant.operatorName} (${grant.operatorEmail})` },
          { term: t.reason, text: grant.reason },
          { term: t.asked, value: at(grant.askedAt) },
          { term: t.forMinutes, text: t.minutes(grant.minutesAsked) },
          ...(grant.decidedAt === null ? [] : [{ term: t.decidedBy, text: grant.decidedByName }]),
          ...(grant.expiresAt === null
            ? []
            : [{ term: t.until, value: at(grant.endedAt ?? grant.expiresAt) }]),
          ...(given === "" ? [] : [{ term: t.rights, text: given }]),
          ...(grant.note === null ? [] : [{ term: t.note, text: grant.note }]),
        ]}
      />
    </Panel>
  );
}

function Answer(props: SupportRequestProps): JSX.Element {
  const { page, grant, form } = props;
  const { support: t } = page.t.privacy;
  const at = `/privacy/support/${grant.id}`;
  return (
    <>
      <FormErrors
        page={page}
        form={form}
        labels={{ minutes: t.length, permissions: t.rights, note: t.note }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Panel title={t.acceptTitle}>
        <Form page={page} action={`${at}/acceptance`}>
          <NumberInput
            page={page}
            form={form}
            name="minutes"
            label={t.length}
            hint={t.lengthHint(t.minutes(grant.minutesAsked))}
          />
          <CheckboxGroup
            page={page}
            form={form}
            name="permissions"
            label={t.rights}
            hint={t.rightsHint}
            chosen={props.chosen}
            options={props.rights.map((value) => ({ value, label: nameOf(page, value) }))}
            optional
          />
          <FormActions>
            <Button label={t.accept} look="primary" icon="log-in" />
            <LinkButton href="/privacy/support" label={page.t.actions.cancel} />
          </FormActions>
        </Form>
      </Panel>
      <Panel title={t.refuseTitle}>
        <Form page={page} action={`${at}/refusal`}>
          <Textarea
            page={page}
            form={{ ...form, idPrefix: "refusal" }}
            name="note"
            label={t.note}
            rows={2}
            maxlength={500}
            optional
          />
          <FormActions>
            <Button label={t.refuse} look="danger-quiet" />
          </FormActions>
        </Form>
      </Panel>
    </>
  );
}
