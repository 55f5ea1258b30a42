import type { Department } from "../../../server/hospital/departments/departments.ts";
import { formatNumber } from "../../format.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { byLabel, departmentLabel, shownAs } from "../../standard-names.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { StatusChip } from "../../ui/chip.tsx";
import { Checkbox } from "../../ui/choices.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { Textarea, TextInput } from "../../ui/inputs.tsx";
import { ListRegion } from "../../ui/list.tsx";
import { PageHeader } from "../../ui/page-header.tsx";

/** The hospital's departments. */
export function DepartmentsPage(props: {
  page: Page;
  departments: readonly Department[];
  mayEdit: boolean;
}): JSX.Element {
  const { page, mayEdit } = props;
  const { t } = page;
  const { staff } = t;
  const named = byLabel(page, props.departments, departmentLabel);
  const departments = [...named.filter(({ active }) => active), ...named.filter(({ active }) => !active)];
  const add = <LinkButton href="/departments/new" label={staff.addDepartment} look="primary" icon="plus" />;
  return (
    <AppLayout page={page} title={staff.departments}>
      <PageHeader title={staff.departments}>{mayEdit ? add : ""}</PageHeader>
      <ListRegion>
        {departments.length === 0 ? (
          <EmptyState icon="layers" title={t.empty.departments} hint={t.empty.departmentsHint} />
        ) : (
          <DataTable
            page={page}
            caption={staff.departments}
            rows={departments}
            {...(mayEdit ? { href: (department: Department) => `/departments/${department.id}` } : {})}
            faint={(department) => !department.active}
            columns={[
              {
                key: "name",
                header: staff.name,
                card: "title",
                text: (department) => departmentLabel(page, department),
              },
              {
                key: "description",
                header: staff.description,
                text: (department) => department.description ?? "",
              },
              {
                key: "users",
                header: staff.users,
                figures: true,
                text: (department) => formatNumber(page, department.users),
              },
              {
                key: "status",
                header: staff.status,
                cell: (department) => (
                  <StatusChip page={page} state={department.active ? "active" : "inactive"} />
                ),
              },
            ]}
          />
        )}
      </ListRegion>
    </AppLayout>
  );
}

/** Adding or changing a department. */
export function DepartmentPage(props: {
  page: Page;
  form: FormState;
  whole?: string;
  department: Department | null;
}): JSX.Element {
  const { page, form, department } = props;
  const { staff, actions } = page.t;
  const title = department === null ? staff.addDepartmentTitle : staff.editDepartmentTitle;
  const it = { page, form };
  return (
    <AppLayout page={page} title={title}>
      <PageHeader title={title} crumbs={[{ label: staff.departments, href: "/departments" }]} />
      <FormErrors
        page={page}
        form={form}
        labels={{ name: staff.name, description: staff.description }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form
        page={page}
        action={department === null ? "/departments" : `/departments/${department.id}`}
        {...(department === null ? {} : { version: department.version })}
      >
        <TextInput
          {...it}
          {...(department === null ? {} : shownAs(page, department.name, departmentLabel(page, department)))}
          name="name"
          label={staff.name}
          maxlength={80}
          autofocus={department === null}
        />
        <Textarea {...it} name="description" label={staff.description} rows={2} maxlength={300} optional />
        {department === null ? (
          ""
        ) : (
          <Checkbox {...it} name="active" label={staff.inUse} hint={staff.inUseHint} optional />
        )}
        <FormActions>
          <Button label={actions.save} look="primary" />
          <LinkButton href="/departments" label={actions.cancel} />
        </FormActions>
      </Form>
    </AppLayout>
  );
}
