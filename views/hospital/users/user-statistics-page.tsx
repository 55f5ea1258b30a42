import type { SignInAge, UserStatistics } from "../../../server/hospital/users/user-statistics.ts";
import { formatInstant, formatNumber, formatPercent } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { byLabel, departmentLabel, roleLabel } from "../../standard-names.ts";
import { type Bar, Bars } from "../../ui/bars.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Stat, Stats } from "../../ui/stat.tsx";

/** From the latest sign-in to none at all. */
const signInAges: readonly SignInAge[] = ["today", "week", "month", "quarter", "older", "never"];

/** The staff in figures: each picture with its table behind it. */
export function UserStatisticsPage(props: { page: Page; statistics: UserStatistics }): JSX.Element {
  const { page, statistics } = props;
  const { statistics: t } = page.t.people;
  const { staff } = page.t;
  const { byStatus, invitations, byLastSignIn } = statistics;
  const states = (["active", "invited", "suspended", "deactivated"] as const).map((state) => ({
    label: staff.states[state],
    value: byStatus[state],
    href: `/users?status=${state}`,
  }));
  const departments: Bar[] = largestFirst(byLabel(page, statistics.byDepartment, departmentLabel)).map(
    (department) => ({
      label: departmentLabel(page, department),
      value: department.users,
      href: `/users?departmentId=${department.id}`,
    }),
  );
  if (statistics.withoutDepartment > 0)
    departments.push({ label: staff.noDepartment, value: statistics.withoutDepartment });
  const roles = largestFirst(byLabel(page, statistics.byRole, roleLabel)).map((role) => ({
    label: roleLabel(page, role),
    value: role.users,
    href: `/users?roleId=${role.id}`,
  }));
  const ages = signInAges.map((age) => ({ label: t.ages[age], value: byLastSignIn[age] }));
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader
        title={t.title}
        crumbs={[{ label: staff.users, href: "/users" }]}
        lead={formatInstant(page, statistics.at)}
      />
      <Stats>
        <Stat label={t.total} value={formatNumber(page, statistics.total)} icon="users" href="/users" />
        <Stat
          label={t.active}
          value={formatNumber(page, byStatus.active)}
          icon="user-check"
          note={formatPercent(page, statistics.total === 0 ? 0 : byStatus.active / statistics.total)}
        />
        <Stat
          label={t.waiting}
          value={formatNumber(page, byStatus.invited)}
          icon="mail"
          href="/users?status=invited"
          note={invitations.expired > 0 ? t.expired(invitations.expired) : t.accepted(invitations.accepted)}
          {...(invitations.expired > 0 ? { tone: "warning" as const } : {})}
        />
      </Stats>
      <div class="page-columns">
        <Chart page={page} id="by-role" title={t.byRole} text={t.byRoleText} bars={roles} />
        <Chart page={page} id="by-status" title={t.byStatus} text={t.byStatusText} bars={states} />
      </div>
      <div class="page-columns">
        <Chart
          page={page}
          id="by-department"
          title={t.byDepartment}
          text={t.byDepartmentText}
          bars={departments}
        />
        <Chart
          page={page}
          id="by-last-sign-in"
          title={t.byLastSignIn}
          text={t.byLastSignInText}
          bars={ages}
        />
      </div>
    </AppLayout>
  );
}

/** What is equally large stays in the order it is in. */
function largestFirst<Row extends { readonly users: number }>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => b.users - a.users);
}

function Chart(props: {
  page: Page;
  id: string;
  title: string;
  text: string;
  bars: readonly Bar[];
}): JSX.Element {
  const { page, bars, title } = props;
  const { users, share } = page.t.people.statistics;
  return (
    <Panel title={title}>
      <Bars
        page={page}
        id={props.id}
        title={title}
        description={props.text}
        bars={bars}
        columns={[users, share]}
      />
    </Panel>
  );
}
