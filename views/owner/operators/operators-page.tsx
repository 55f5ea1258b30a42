import type { OperatorSummary } from "../../../server/owner/operators/operators.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { LinkButton } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { ListRegion } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { RoomTabs } from "../../ui/room-tabs.tsx";
import { Ago } from "../../ui/time.tsx";
import { OperatorStatus } from "./operator-status.tsx";

/** The people of the owner portal. */
export function OperatorsPage(props: { page: Page; operators: readonly OperatorSummary[] }): JSX.Element {
  const { page } = props;
  const { operators: t } = page.t.people;
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead}>
        <LinkButton href="/operators/new" label={t.add} look="primary" icon="user-plus" />
      </PageHeader>
      <RoomTabs page={page} />
      <ListRegion>
        <DataTable
          page={page}
          caption={t.title}
          rows={props.operators}
          href={(person) => `/operators/${person.id}`}
          faint={(person) => person.status !== "active"}
          columns={[
            { key: "name", header: t.name, card: "title", text: (person) => person.name },
            { key: "email", header: t.email, text: (person) => person.email },
            { key: "role", header: t.role, text: (person) => t.roles[person.role] },
            {
              key: "sees",
              header: t.sees,
              text: (person) =>
                person.role === "group-admin" ? t.seesSome(person.tenantIds.length) : t.seesAll,
            },
            {
              key: "last",
              header: t.lastSignIn,
              minor: true,
              cell: (person) => <Ago page={page} at={person.lastSignInAt} />,
            },
            {
              key: "status",
              header: t.status,
              card: "status",
              cell: (person) => <OperatorStatus page={page} status={person.status} />,
            },
          ]}
        />
      </ListRegion>
    </AppLayout>
  );
}
