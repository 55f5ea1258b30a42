import type { HomeFacts } from "../../../server/hospital/home/home.ts";
import { formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { LinkButton } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Stat, Stats } from "../../ui/stat.tsx";
import { PatientsTable } from "../patients/patients-table.tsx";

export interface HomePageProps {
  readonly page: Page;
  readonly facts: HomeFacts;
  readonly may: { readonly register: boolean; readonly import: boolean };
}

/** Where one starts: the figures that matter to this role, and the next thing to do. */
export function HomePage(props: HomePageProps): JSX.Element {
  const { page, facts, may } = props;
  const { t } = page;
  return (
    <AppLayout page={page} title={t.nav.home}>
      <PageHeader title={page.person === null ? t.nav.home : t.staff.home.welcome(page.person.name)}>
        {may.register ? (
          <LinkButton href="/patients/new" label={t.patients.register} look="primary" icon="user-plus" />
        ) : (
          ""
        )}
      </PageHeader>
      <Figures {...props} />
      {facts.latest === null ? "" : facts.latest.length === 0 ? <Start {...props} /> : <Latest {...props} />}
    </AppLayout>
  );
}

function Figures({ page, facts }: HomePageProps): JSX.Element {
  const { home } = page.t.staff;
  const { patients, users, imports } = facts;
  return (
    <Stats>
      {patients === null ? (
        ""
      ) : (
        <>
          <Stat label={home.patients} icon="users" href="/patients" {...usageOf(page, patients)} />
          <Stat label={home.registeredToday} icon="calendar" value={formatNumber(page, patients.today)} />
        </>
      )}
      {users === null ? (
        ""
      ) : (
        <Stat label={home.users} icon="user-check" href="/users" {...usageOf(page, users)} />
      )}
      {imports === null ? (
        ""
      ) : (
        <Stat
          label={home.imports}
          icon="upload"
          href="/imports"
          value={formatNumber(page, imports)}
          {...(imports === 0 ? { note: home.importsNone } : {})}
        />
      )}
    </Stats>
  );
}

function usageOf(page: Page, usage: { readonly used: number; readonly allowed: number | null }) {
  const value = formatNumber(page, usage.used);
  if (usage.allowed === null) return { value };
  const note = page.t.staff.home.ofAllowed(value, formatNumber(page, usage.allowed));
  const share = usage.allowed === 0 ? 1 : usage.used / usage.allowed;
  if (share >= 1) return { value, note, tone: "danger" as const };
  return share >= 0.8 ? { value, note, tone: "warning" as const } : { value, note };
}

function Start({ page, may }: HomePageProps): JSX.Element {
  const { home } = page.t.staff;
  const hint = may.import ? home.firstHint : may.register ? home.firstHintAtDesk : home.firstHintToLook;
  return (
    <EmptyState icon="users" title={home.firstTitle} hint={hint}>
      {may.import ? <LinkButton href="/imports" label={home.importRecords} icon="upload" /> : ""}
    </EmptyState>
  );
}

function Latest({ page, facts }: HomePageProps): JSX.Element {
  const { home } = page.t.staff;
  const all = <LinkButton href="/patients" label={home.allPatients} size="small" look="ghost" />;
  return (
    <Panel title={home.latest} actions={all} flush>
      <PatientsTable page={page} patients={facts.latest ?? []} />
    </Panel>
  );
}
