import type { RestorePlan } from "../../../server/bridge/restore-plan.ts";
import { formatBytes } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button } from "../../ui/button.tsx";
import { Checkbox, Select } from "../../ui/choices.tsx";
import { ConfirmPage } from "../../ui/confirm.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { lostWords } from "./restore-words.tsx";

interface RestoreProps {
  readonly page: Page;
  readonly hospital: { readonly id: string; readonly name: string };
  readonly servers: readonly string[];
  readonly form: FormState;
  /** Null: it cannot be restored now; `whole` says why. */
  readonly plan: RestorePlan | null;
  readonly whole?: string;
}

/** What a restore would do and what may be lost, and the question whether to. */
export function RestorePage(props: RestoreProps): JSX.Element {
  const { page, hospital, plan } = props;
  const { copying: t, owner } = page.t;
  const title = t.restoreTitle(hospital.name);
  return (
    <AppLayout page={page} title={title}>
      <PageHeader
        title={title}
        lead={t.restoreLead}
        crumbs={[
          { label: owner.hospitals.title, href: "/hospitals" },
          { label: hospital.name, href: `/hospitals/${hospital.id}` },
          { label: t.title, href: `/hospitals/${hospital.id}/copying` },
        ]}
      />
      {props.whole === undefined ? "" : <Banner tone="danger" title={t.impossible} text={props.whole} live />}
      <ServerChoice {...props} />
      {plan === null ? "" : <Plan {...props} plan={plan} />}
    </AppLayout>
  );
}

function ServerChoice({ page, hospital, servers, form }: RestoreProps): JSX.Element {
  const { copying: t } = page.t;
  return (
    <form method="get" action={`/hospitals/${hospital.id}/restore`} class="form">
      <input type="hidden" name="new" value="1" />
      <Select
        page={page}
        form={{ ...form, idPrefix: "choose" }}
        name="server"
        label={t.server}
        optional
        noneLabel={t.sameServer}
        options={servers.map((name) => ({ value: name, label: name }))}
      />
      <div class="form-actions">
        <Button label={t.look} icon="search" />
      </div>
    </form>
  );
}

function Plan({ page, hospital, form, plan }: RestoreProps & { plan: RestorePlan }): JSX.Element {
  const { copying: t } = page.t;
  const { from, target } = plan;
  const doubtful = plan.primaryAnswers || plan.copyIncomplete;
  return (
    <>
      {plan.primaryAnswers ? <Banner tone="warning" title={t.answers} text={t.answersText} /> : ""}
      {plan.copyIncomplete ? <Banner tone="danger" title={t.incomplete} text={t.incompleteText} /> : ""}
      <Panel title={t.lost}>
        <p>
          <strong safe>{expectedLoss(page, plan)}</strong>
        </p>
        <DescriptionList
          page={page}
          items={[
            { term: t.from, text: `${from.server} · ${from.database}` },
            { term: t.to, text: `${target.server} · ${target.database}` },
            {
              term: t.size,
              text: [t.tables(plan.tables), t.rows(plan.aboutRows), formatBytes(page, plan.bytes)].join(
                " · ",
              ),
            },
          ]}
        />
      </Panel>
      <ConfirmPage
        page={page}
        title={t.confirm}
        text={t.restoreText}
        action={`/hospitals/${hospital.id}/restore`}
        confirmLabel={t.confirm}
        typed={plan.hospital}
        form={form}
        cancelHref={`/hospitals/${hospital.id}/copying`}
      >
        <input type="hidden" name="server" value={target.server} />
        <TextInput page={page} form={form} name="reason" label={t.reason} optional />
        {doubtful ? <Checkbox page={page} form={form} name="anyway" label={t.anyway} optional /> : ""}
      </ConfirmPage>
    </>
  );
}

/** Before it has happened: a database that answers sends the rest first. */
function expectedLoss(page: Page, { primaryAnswers, lost }: RestorePlan): string {
  if (primaryAnswers) return page.t.copying.answersText;
  return lostWords(page, { ...lost, seconds: lost.seconds === null ? null : Math.max(1, lost.seconds) });
}
