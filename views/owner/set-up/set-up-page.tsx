import type { ProvisioningState } from "../../../server/bridge/provision-record.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Code } from "../../ui/bdi.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Live, Steps } from "../../ui/steps.tsx";

export interface SetUpProps {
  readonly page: Page;
  readonly id: string;
  readonly name: string;
  /** Where its people sign in. */
  readonly portal: string;
  readonly state: ProvisioningState;
  /** A password that was made here, shown this once; null: not asked for. */
  readonly firstPassword: string | null;
}

/** How a hospital's creation goes on, kept current while it runs. */
export function SetUpPage(props: SetUpProps): JSX.Element {
  const { page, id, name, state } = props;
  const { setUp: t, hospitals } = page.t.owner;
  const title = t.title(name);
  return (
    <AppLayout page={page} title={title}>
      <PageHeader
        title={title}
        crumbs={[{ label: hospitals.title, href: "/hospitals" }]}
        {...(state.status === "running" ? { lead: t.lead } : {})}
      />
      {state.status === "running" ? (
        <>
          <Live id="set-up" src={`/hospitals/${id}/set-up/events`}>
            <SetUpState {...props} />
          </Live>
          <noscript>
            <LinkButton href={`/hospitals/${id}/set-up`} label={t.refresh} icon="refresh-cw" />
          </noscript>
        </>
      ) : (
        <div id="set-up">
          <SetUpState {...props} />
        </div>
      )}
    </AppLayout>
  );
}

/** The steps as they stand, and what there is to do when they have ended. */
export function SetUpState(props: SetUpProps): JSX.Element {
  const { page, id, state } = props;
  const { setUp: t } = page.t.owner;
  return (
    <div class="stack">
      <Outcome {...props} />
      <Panel title={t.steps}>
        <Steps
          page={page}
          label={t.steps}
          retryAction={`/hospitals/${id}/set-up`}
          steps={state.steps.map((step) => ({
            key: step.key,
            label: t.names[step.key],
            status: step.status,
            reason: step.reason,
            tookMs: tookMs(step),
          }))}
        />
      </Panel>
    </div>
  );
}

function tookMs({ status, startedAt, finishedAt }: ProvisioningState["steps"][number]): number | null {
  if (status !== "done" || startedAt === null || finishedAt === null) return null;
  const took = finishedAt.getTime() - startedAt.getTime();
  return took > 0 ? took : null;
}

function Outcome(props: SetUpProps): JSX.Element {
  const { page, id, state, portal } = props;
  const { setUp: t } = page.t.owner;
  const open = state.steps.find((step) => step.key === "ready")?.status === "done";
  if (state.status === "running") return "";
  if (!open) return <Banner tone="danger" title={t.failed} text={t.failedText} live />;
  return (
    <>
      {state.status === "failed" ? (
        <Banner tone="warning" title={t.copyFailed} text={t.copyFailedText} live />
      ) : (
        ""
      )}
      <Banner tone="success" title={t.ready} text={t.readyText(portal.replace(/^https?:\/\//, ""))} live>
        <LinkButton href={`/hospitals/${id}`} label={t.toHospital} look="primary" size="small" />
      </Banner>
      <FirstPassword {...props} />
    </>
  );
}

function FirstPassword({ page, id, state, firstPassword }: SetUpProps): JSX.Element {
  const { setUp: t } = page.t.owner;
  const { email, generated, sealedPassword } = state.input.firstAdmin;
  if (firstPassword !== null)
    return (
      <Panel title={t.passwordTitle}>
        <p safe>{t.passwordText}</p>
        <p>
          <span safe>{t.passwordIs(email)}</span>: <Code text={firstPassword} />
        </p>
      </Panel>
    );
  if (!generated || sealedPassword === null) return "";
  return (
    <Panel title={t.passwordTitle}>
      <p safe>{t.passwordText}</p>
      <form method="post" action={`/hospitals/${id}/first-password`} data-hold>
        <CsrfField page={page} />
        <Button label={t.passwordShow} icon="eye" />
      </form>
    </Panel>
  );
}
