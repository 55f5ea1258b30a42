import type { Enrolment, SecondFactorState } from "../../server/auth/second-factor.ts";
import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { Banner } from "../ui/banner.tsx";
import { Code } from "../ui/bdi.tsx";
import { Button, LinkButton } from "../ui/button.tsx";
import { Chip } from "../ui/chip.tsx";
import { ConfirmPage } from "../ui/confirm.tsx";
import { DescriptionList } from "../ui/description-list.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { CsrfField, Form, FormActions, FormErrors } from "../ui/form.tsx";
import type { FormState } from "../ui/form-state.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { Panel } from "../ui/panel.tsx";
import { QrCode } from "../ui/qr-code.tsx";
import { Instant } from "../ui/time.tsx";
import { CodeInput } from "./code-input.tsx";

const home = "/profile/second-factor";

const crumbsOf = ({ t }: Page, deeper = false) => [
  { label: t.account.profileTitle, href: "/profile" },
  ...(deeper ? [{ label: t.account.factor, href: home }] : []),
];

/** How one's second factor stands, and what can be done about it. `due`: nothing else is open before. */
export function SecondFactorPage(props: { page: Page; state: SecondFactorState; due: boolean }): JSX.Element {
  const { page, state, due } = props;
  const { account } = page.t;
  return (
    <AppLayout page={page} title={account.factor}>
      <PageHeader title={account.factor} lead={account.factorLead} crumbs={due ? [] : crumbsOf(page)} />
      {due ? <Banner tone="info" title={account.factorDue} text={account.factorDueText} /> : ""}
      {state.since === null ? (
        <EmptyState icon="shield-check" title={account.factorOff} hint={account.factorOffHint}>
          <form method="post" action={`${home}/enrolment`} data-hold>
            <CsrfField page={page} />
            <Button label={account.setUp} look="primary" />
          </form>
        </EmptyState>
      ) : (
        <InUse page={page} state={state} since={state.since} />
      )}
    </AppLayout>
  );
}

function InUse(props: { page: Page; state: SecondFactorState; since: Date }): JSX.Element {
  const { page, state } = props;
  const { account } = page.t;
  return (
    <Panel title={account.factorStatus}>
      {state.recoveryCodesLeft < 4 ? <Banner tone="warning" title={account.codesLow} /> : ""}
      <DescriptionList
        page={page}
        items={[
          { term: account.factorStatus, value: <Chip tone="success" label={account.factorOn} /> },
          { term: account.factorSince, value: <Instant page={page} at={props.since} /> },
          { term: account.codesLeft, text: account.codesLeftCount(state.recoveryCodesLeft) },
        ]}
      />
      <Form page={page} action={`${home}/recovery-codes`}>
        <FormActions>
          <Button label={account.newCodes} icon="rotate-ccw" />
          {state.required ? (
            <p class="faint" safe>
              {account.factorRequired}
            </p>
          ) : (
            <LinkButton href={`${home}/removal`} label={account.turnOff} look="danger-quiet" />
          )}
        </FormActions>
      </Form>
    </Panel>
  );
}

/** The picture for the phone, the key for those without a camera, and the field of the first code. */
export function EnrolmentPage(props: {
  page: Page;
  enrolment: Enrolment;
  form: FormState;
  whole?: string;
}): JSX.Element {
  const { page, enrolment, form } = props;
  const { account } = page.t;
  return (
    <AppLayout page={page} title={account.enrolTitle}>
      <PageHeader title={account.enrolTitle} crumbs={crumbsOf(page, true)} />
      <FormErrors
        page={page}
        form={form}
        labels={{ code: account.firstCode }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Panel title={account.scan}>
        <p safe>{account.scanHint}</p>
        <QrCode text={enrolment.uri} label={account.pictureOf} />
        <p class="faint" safe>
          {account.byHand}
        </p>
        <p>
          <Code text={(enrolment.secret.match(/.{1,4}/g) ?? []).join(" ")} />
        </p>
        <Form page={page} action={`${home}/confirmation`}>
          <CodeInput page={page} form={form} appOnly />
          <FormActions>
            <Button label={account.confirmCode} look="primary" />
            <LinkButton href={home} label={page.t.actions.cancel} />
          </FormActions>
        </Form>
      </Panel>
    </AppLayout>
  );
}

/** The ten codes, shown this once. */
export function RecoveryCodesPage({ page, codes }: { page: Page; codes: readonly string[] }): JSX.Element {
  const { account } = page.t;
  return (
    <AppLayout page={page} title={account.codesTitle}>
      <PageHeader title={account.codesTitle} lead={account.codesText} />
      <Panel title={account.codesLeft}>
        <ol class="recovery-codes">
          {codes.map((code) => (
            <li>
              <Code text={code} />
            </li>
          ))}
        </ol>
        <LinkButton href={home} label={account.codesDone} look="primary" />
      </Panel>
    </AppLayout>
  );
}

/** Doing without, asked once more. */
export function FactorRemovalPage({ page }: { page: Page }): JSX.Element {
  const { account } = page.t;
  return (
    <AppLayout page={page} title={account.turnOff}>
      <ConfirmPage
        page={page}
        title={account.turnOffTitle}
        text={account.turnOffText}
        action={`${home}/removal`}
        confirmLabel={account.turnOff}
        cancelHref={home}
      />
    </AppLayout>
  );
}
