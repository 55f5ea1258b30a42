import type { Role } from "../../../server/hospital/roles/roles.ts";
import { formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { byLabel, roleDescription, roleLabel } from "../../standard-names.ts";
import { LinkButton } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { ListRegion } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

/** The hospital's roles. */
export function RolesPage(props: { page: Page; roles: readonly Role[]; mayEdit: boolean }): JSX.Element {
  const { page } = props;
  const { staff } = page.t;
  return (
    <AppLayout page={page} title={staff.roles}>
      <PageHeader title={staff.roles}>
        {props.mayEdit ? (
          <LinkButton href="/roles/new" label={staff.addRole} look="primary" icon="plus" />
        ) : (
          ""
        )}
      </PageHeader>
      <ListRegion>
        <DataTable
          page={page}
          caption={staff.roles}
          rows={byLabel(page, props.roles, roleLabel)}
          href={(role) => `/roles/${role.id}`}
          columns={[
            { key: "name", header: staff.name, card: "title", text: (role) => roleLabel(page, role) },
            {
              key: "description",
              header: staff.description,
              text: (role) => roleDescription(page, role),
            },
            {
              key: "rights",
              header: staff.rights,
              figures: true,
              text: (role) => formatNumber(page, role.permissions.length),
            },
            {
              key: "users",
              header: staff.users,
              figures: true,
              text: (role) => formatNumber(page, role.users),
            },
            {
              key: "kind",
              header: staff.kind,
              cell: (role) => (
                <Chip
                  tone={role.builtIn ? "neutral" : "info"}
                  icon="shield-check"
                  label={role.builtIn ? staff.builtIn : staff.own}
                />
              ),
            },
          ]}
        />
      </ListRegion>
    </AppLayout>
  );
}
