import type { AssignableRole } from "../../../server/hospital/roles/assignable.ts";
import type { User, UserListQuery } from "../../../server/hospital/users/users-list.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { byLabel, departmentOfUser, roleLabel, roleOfUser } from "../../standard-names.ts";
import { LinkButton } from "../../ui/button.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Filters, ListRegion, Paging } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Ago } from "../../ui/time.tsx";
import { UserStatusChip } from "./user-status.tsx";

export interface UsersPageProps {
  readonly page: Page;
  readonly users: readonly User[];
  readonly roles: readonly AssignableRole[];
  readonly filters: UserListQuery;
  readonly total?: number;
  readonly nextCursor: string | null;
  readonly mayCreate: boolean;
}

/** The hospital's staff. */
export function UsersPage(props: UsersPageProps): JSX.Element {
  const { page, filters } = props;
  const { staff } = page.t;
  const states = Object.entries(staff.states).map(([value, label]) => ({ value, label }));
  return (
    <AppLayout page={page} title={staff.users}>
      <PageHeader title={staff.users}>
        <LinkButton href="/users/statistics" label={page.t.people.statistics.open} icon="activity" />
        {props.mayCreate ? (
          <LinkButton href="/users/imports" label={page.t.people.imports.open} icon="upload" />
        ) : (
          ""
        )}
        {props.mayCreate ? (
          <LinkButton href="/users/new" label={staff.addUser} look="primary" icon="user-plus" />
        ) : (
          ""
        )}
      </PageHeader>
      <Filters
        page={page}
        action="/users"
        search={{ value: filters.search ?? "", label: staff.searchUsers }}
        selects={[
          { name: "status", label: staff.status, value: filters.status ?? "", options: states },
          {
            name: "roleId",
            label: staff.role,
            value: filters.roleId ?? "",
            options: byLabel(page, props.roles, roleLabel).map((role) => ({
              value: role.id,
              label: roleLabel(page, role),
            })),
          },
        ]}
        active={Boolean(filters.search || filters.status || filters.roleId)}
      />
      <UsersList {...props} />
    </AppLayout>
  );
}

/** What a search or a filter replaces. */
export function UsersList(props: UsersPageProps): JSX.Element {
  const { page, users, filters } = props;
  const { t } = page;
  if (users.length === 0) {
    return (
      <ListRegion>
        <EmptyState icon="search" title={t.table.noMatch} hint={t.table.noMatchHint} />
      </ListRegion>
    );
  }
  return (
    <ListRegion>
      <DataTable
        page={page}
        caption={t.staff.users}
        columns={columnsOf(page)}
        rows={users}
        href={(user) => `/users/${user.id}`}
        faint={(user) => user.status !== "active"}
      />
      <Paging
        page={page}
        shown={users.length}
        {...(props.total === undefined ? {} : { total: props.total })}
        firstHref={filters.cursor === undefined ? null : hrefOf(filters, undefined)}
        nextHref={props.nextCursor === null ? null : hrefOf(filters, props.nextCursor)}
      />
    </ListRegion>
  );
}

function columnsOf(page: Page): readonly Column<User>[] {
  const { staff } = page.t;
  return [
    { key: "name", header: staff.name, card: "title", text: (user) => user.name },
    { key: "email", header: staff.email, text: (user) => user.email },
    { key: "role", header: staff.role, text: (user) => roleOfUser(page, user) },
    { key: "department", header: staff.department, text: (user) => departmentOfUser(page, user) },
    {
      key: "lastSignIn",
      header: staff.lastSignIn,
      cell: (user) => <Ago page={page} at={user.lastSignInAt} />,
    },
    {
      key: "status",
      header: staff.status,
      card: "status",
      cell: (user) => <UserStatusChip page={page} status={user.status} />,
    },
  ];
}

function hrefOf(filters: UserListQuery, cursor: string | undefined): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filters, cursor }))
    if (value !== undefined && value !== "") query.set(name, String(value));
  return query.size === 0 ? "/users" : `/users?${query}`;
}
