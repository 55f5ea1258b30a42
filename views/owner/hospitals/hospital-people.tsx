import type { HospitalPerson } from "../../../server/bridge/tenant-users.ts";
import type { Page } from "../../page.ts";
import { roleOfUser } from "../../standard-names.ts";
import { Banner } from "../../ui/banner.tsx";
import { LinkButton } from "../../ui/button.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Ago } from "../../ui/time.tsx";

/** Who can sign in to the hospital's portal; null where its database does not answer. */
export function HospitalPeople(props: {
  page: Page;
  tenantId: string;
  mayAdd: boolean;
  people: readonly HospitalPerson[] | null;
}): JSX.Element {
  const { page, people, tenantId } = props;
  const add = props.mayAdd ? (
    <LinkButton
      href={`/hospitals/${tenantId}/people/new`}
      label={page.t.people.across.add}
      icon="user-plus"
      size="small"
    />
  ) : (
    ""
  );
  const { people: t } = page.t.owner;
  return (
    <Panel title={t.title} actions={add} flush>
      {people === null ? (
        <Banner tone="warning" title={t.unreached} />
      ) : people.length === 0 ? (
        <EmptyState icon="users" title={t.none} hint={t.noneHint} />
      ) : (
        <PeopleTable page={page} tenantId={tenantId} people={people} />
      )}
    </Panel>
  );
}

function PeopleTable(props: {
  page: Page;
  tenantId: string;
  people: readonly HospitalPerson[];
}): JSX.Element {
  const { page, people, tenantId } = props;
  const { people: t } = page.t.owner;
  return (
    <DataTable
      page={page}
      caption={t.title}
      rows={people}
      href={(person) => `/hospitals/${tenantId}/people/${person.id}`}
      faint={(person) => person.status !== "active"}
      columns={[
        { key: "name", header: t.name, card: "title", text: (person) => person.name },
        { key: "email", header: t.email, text: (person) => person.email },
        { key: "role", header: t.role, text: (person) => roleOfUser(page, person) },
        {
          key: "status",
          header: t.status,
          card: "status",
          cell: (person) => (
            <StatusChip page={page} state={person.status === "deactivated" ? "inactive" : person.status} />
          ),
        },
        {
          key: "last",
          header: t.lastSignIn,
          minor: true,
          cell: (person) => <Ago page={page} at={person.lastSignInAt} />,
        },
      ]}
    />
  );
}
