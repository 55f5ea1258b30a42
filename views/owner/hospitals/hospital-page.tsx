import type { HospitalPerson } from "../../../server/bridge/tenant-users.ts";
import type { HealthCheck } from "../../../server/owner/health/health.ts";
import type { Plan } from "../../../server/owner/plans/plans.ts";
import type { TenantEvent } from "../../../server/owner/tenants/tenant-activity.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { LinkButton } from "../../ui/button.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { HospitalActivity } from "./hospital-activity.tsx";
import { HospitalActs } from "./hospital-acts.tsx";
import { HospitalDatabases } from "./hospital-databases.tsx";
import { HospitalDetails } from "./hospital-details.tsx";
import { HospitalPeople } from "./hospital-people.tsx";
import { HospitalPlan } from "./hospital-plan.tsx";
import { HospitalStatus } from "./hospital-words.tsx";
import type { HospitalRow } from "./hospitals-table.tsx";

export interface HospitalPageProps {
  readonly page: Page;
  readonly hospital: HospitalRow;
  readonly plan: Plan | null;
  /** Where its people sign in. */
  readonly portal: string;
  /** Null: its database does not answer. */
  readonly people: readonly HospitalPerson[] | null;
  readonly activity: readonly TenantEvent[];
  readonly looks: readonly HealthCheck[];
  readonly mayAddPeople: boolean;
  readonly settingUp: "running" | "failed" | "done";
  readonly retentionDays: number;
  readonly may: {
    readonly edit: boolean;
    readonly suspend: boolean;
    readonly delete: boolean;
    readonly push: boolean;
    readonly setUp: boolean;
    readonly support: boolean;
  };
}

/** One hospital: its facts, databases, plan, people, and what can be done with it. */
export function HospitalPage(props: HospitalPageProps): JSX.Element {
  const { page, hospital, may } = props;
  const { owner } = page.t;
  return (
    <AppLayout page={page} title={hospital.companyName}>
      <PageHeader
        title={hospital.companyName}
        crumbs={[{ label: owner.hospitals.title, href: "/hospitals" }]}
        status={<HospitalStatus page={page} status={hospital.status} />}
      >
        {may.edit ? (
          <LinkButton href={`/hospitals/${hospital.id}/edit`} label={owner.details.edit} icon="pencil" />
        ) : (
          ""
        )}
        {hospital.readyAt === null || hospital.status === "deleting" ? (
          ""
        ) : (
          <LinkButton
            href={`/hospitals/${hospital.id}/copying`}
            label={page.t.copying.title}
            icon="cloud-upload"
          />
        )}
        {hospital.status === "active" ? (
          <LinkButton
            href={`/hospitals/${hospital.id}/servers`}
            label={page.t.onSite.servers}
            icon="server"
          />
        ) : (
          ""
        )}
        {hospital.status === "active" && may.support ? (
          <LinkButton
            href={`/hospitals/${hospital.id}/support`}
            label={page.t.privacy.support.title}
            icon="log-in"
          />
        ) : (
          ""
        )}
        {hospital.status === "active" ? (
          <LinkButton
            href={props.portal}
            label={owner.details.openPortal}
            look="primary"
            icon="external-link"
          />
        ) : (
          ""
        )}
      </PageHeader>
      <SetUpBanner {...props} />
      <div class="page-columns">
        <HospitalDetails page={page} hospital={hospital} portal={props.portal} />
        <HospitalPlan page={page} hospital={hospital} plan={props.plan} />
      </div>
      <HospitalDatabases page={page} hospital={hospital} looks={props.looks} mayPush={may.push} />
      <HospitalPeople
        page={page}
        tenantId={hospital.id}
        mayAdd={hospital.status === "active" && props.mayAddPeople}
        people={props.people}
      />
      <HospitalActivity page={page} events={props.activity} />
      <HospitalActs page={page} hospital={hospital} may={may} retentionDays={props.retentionDays} />
    </AppLayout>
  );
}

function SetUpBanner({ page, hospital, settingUp, may }: HospitalPageProps): JSX.Element {
  if (settingUp === "done" || hospital.status === "deleting" || hospital.status === "archived") return "";
  const { setUp, home } = page.t.owner;
  const open = hospital.readyAt !== null;
  const title = settingUp === "running" ? home.settingUp : open ? setUp.copyFailed : setUp.failed;
  const text = settingUp === "running" ? setUp.lead : open ? setUp.copyFailedText : setUp.failedText;
  return (
    <Banner tone={settingUp === "running" ? "info" : open ? "warning" : "danger"} title={title} text={text}>
      {may.setUp ? (
        <LinkButton href={`/hospitals/${hospital.id}/set-up`} label={setUp.steps} size="small" />
      ) : (
        ""
      )}
    </Banner>
  );
}
