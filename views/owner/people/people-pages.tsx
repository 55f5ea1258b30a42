import type { FoundPeople } from "../../../server/bridge/all-users.ts";
import type { HospitalPerson } from "../../../server/bridge/tenant-users.ts";
import { UserStatusChip } from "../../hospital/users/user-status.tsx";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { byLabel, departmentOfUser, roleLabel, roleOfUser } from "../../standard-names.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { RadioGroup, Select } from "../../ui/choices.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CsrfField, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { Filters, ListRegion } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Ago } from "../../ui/time.tsx";

interface Role {
  readonly key: string;
  readonly name: string;
  readonly id: string;
}

const optionsOf = (page: Page, roles: readonly Role[]) =>
  byLabel(page, roles, roleLabel).map((role) => ({ value: role.key, label: roleLabel(page, role) }));

/** People over all hospitals that the operator sees. */
export function PeoplePage(props: {
  page: Page;
  found: FoundPeople;
  search: string;
  hospital: string;
  hospitals: readonly { readonly id: string; readonly name: string }[];
}): JSX.Element {
  const { page, found } = props;
  const { across: t, operators } = page.t.people;
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead} />
      <Filters
        page={page}
        action="/people"
        search={{ value: props.search, label: t.search }}
        selects={[
          {
            name: "tenantId",
            label: t.hospital,
            value: props.hospital,
            allLabel: t.all,
            options: props.hospitals.map(({ id, name }) => ({ value: id, label: name })),
          },
        ]}
        active={props.search !== "" || props.hospital !== ""}
      />
      <ListRegion>
        {found.unreached.length === 0 ? (
          ""
        ) : (
          <Banner
            tone="warning"
            title={t.unreached(found.unreached.map(({ hospital }) => hospital).join(", "))}
          />
        )}
        {found.items.length === 0 ? (
          <EmptyState icon="users" title={t.none} hint={t.noneHint} />
        ) : (
          <DataTable
            page={page}
            caption={t.title}
            rows={found.items}
            href={(person) => `/hospitals/${person.tenantId}/people/${person.id}`}
            faint={(person) => person.status !== "active"}
            columns={[
              { key: "name", header: operators.name, card: "title", text: (person) => person.name },
              { key: "email", header: operators.email, text: (person) => person.email },
              { key: "hospital", header: t.hospital, text: (person) => person.hospital },
              { key: "role", header: operators.role, text: (person) => roleOfUser(page, person) },
              {
                key: "last",
                header: operators.lastSignIn,
                minor: true,
                cell: (person) => <Ago page={page} at={person.lastSignInAt} />,
              },
              {
                key: "status",
                header: operators.status,
                card: "status",
                cell: (person) => <UserStatusChip page={page} status={person.status} />,
              },
            ]}
          />
        )}
        {found.more ? <p safe>{t.more}</p> : ""}
      </ListRegion>
    </AppLayout>
  );
}

/** One of a hospital's people, as the owner looks after them. */
export function PersonPage(props: {
  page: Page;
  tenantId: string;
  hospital: string;
  person: HospitalPerson;
  roles: readonly Role[];
}): JSX.Element {
  const { page, person } = props;
  const { across: t, operators } = page.t.people;
  const { staff } = page.t;
  const at = `/hospitals/${props.tenantId}/people/${person.id}`;
  const current = props.roles.find(({ id }) => id === person.roleId)?.key;
  const act = (name: string, label: string, icon: "pause" | "user-check" | "key-round") => (
    <form method="post" action={`${at}/${name}`} data-hold>
      <CsrfField page={page} />
      <Button label={label} icon={icon} look={name === "suspension" ? "danger-quiet" : "secondary"} />
    </form>
  );
  return (
    <AppLayout page={page} title={person.name}>
      <PageHeader
        title={person.name}
        crumbs={[
          { label: t.title, href: "/people" },
          { label: props.hospital, href: `/hospitals/${props.tenantId}` },
        ]}
        status={<UserStatusChip page={page} status={person.status} />}
      />
      <Panel title={operators.account}>
        <DescriptionList
          page={page}
          items={[
            { term: operators.email, text: person.email },
            { term: t.hospital, text: props.hospital },
            { term: staff.department, text: departmentOfUser(page, person) },
            { term: operators.lastSignIn, value: <Ago page={page} at={person.lastSignInAt} /> },
          ]}
        />
      </Panel>
      <Form page={page} action={`${at}/role`}>
        <Select
          page={page}
          form={{ values: { role: current }, errors: [] }}
          name="role"
          label={t.role}
          options={optionsOf(page, props.roles)}
        />
        <FormActions>
          <Button label={t.saveRole} look="primary" />
        </FormActions>
      </Form>
      <Panel title={operators.signingIn}>
        <div class="form-actions">
          {person.status === "invited" ? "" : act("password-reset", operators.resetPassword, "key-round")}
          {person.status === "active" ? act("suspension", operators.suspend, "pause") : ""}
          {person.status === "suspended" || person.status === "deactivated"
            ? act("activation", operators.activate, "user-check")
            : ""}
        </div>
      </Panel>
    </AppLayout>
  );
}

/** Adding somebody to a hospital's staff for the owner. */
export function AddPersonPage(props: {
  page: Page;
  tenantId: string;
  hospital: string;
  form: FormState;
  whole?: string;
  roles: readonly Role[];
}): JSX.Element {
  const { page, form } = props;
  const { across: t, operators, invite } = page.t.people;
  const it = { page, form };
  const title = t.addTitle(props.hospital);
  const labels = { name: operators.name, email: operators.email, role: t.role, way: invite.way };
  return (
    <AppLayout page={page} title={title}>
      <PageHeader title={title} crumbs={[{ label: props.hospital, href: `/hospitals/${props.tenantId}` }]} />
      <FormErrors
        page={page}
        form={form}
        labels={labels}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form page={page} action={`/hospitals/${props.tenantId}/people`}>
        <TextInput {...it} name="name" label={labels.name} maxlength={120} autofocus />
        <TextInput {...it} name="email" label={labels.email} type="email" maxlength={254} />
        <Select {...it} name="role" label={labels.role} options={optionsOf(page, props.roles)} />
        <RadioGroup
          page={page}
          form={{ ...form, values: { ...form.values, way: form.values["way"] ?? "mail" } }}
          name="way"
          label={labels.way}
          options={[
            { value: "mail", label: invite.byMail, hint: invite.byMailHint },
            { value: "password", label: invite.byPassword, hint: invite.byPasswordHint },
          ]}
        />
        <FormActions>
          <Button label={t.add} look="primary" />
          <LinkButton href={`/hospitals/${props.tenantId}`} label={page.t.actions.cancel} />
        </FormActions>
      </Form>
    </AppLayout>
  );
}
