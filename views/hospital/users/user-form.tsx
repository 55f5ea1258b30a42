import type { Department } from "../../../server/hospital/departments/departments.ts";
import type { AssignableRole } from "../../../server/hospital/roles/assignable.ts";
import type { Page } from "../../page.ts";
import { byLabel, departmentLabel, roleLabel } from "../../standard-names.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { CheckboxGroup, RadioGroup, Select } from "../../ui/choices.tsx";
import { Form, FormActions, FormSection } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { ScopeField } from "../roles/scope-field.tsx";

export interface UserFormProps {
  readonly page: Page;
  readonly form: FormState;
  readonly action: string;
  readonly roles: readonly AssignableRole[];
  readonly departments: readonly Department[];
  /** Ids of the departments ticked beside the primary one. */
  readonly otherDepartments: readonly string[];
  /** Adding somebody: a password may be typed. */
  readonly adding: boolean;
  readonly version?: number;
  readonly idempotencyKey?: string;
}

/** The names of a user's fields, for the summary of errors. */
export function userLabels({ t: { staff, people } }: Pick<Page, "t">): Readonly<Record<string, string>> {
  return {
    name: staff.name,
    email: staff.email,
    phone: staff.phone,
    roleId: staff.role,
    departmentId: staff.department,
    otherDepartmentIds: people.otherDepartments,
    scope: people.scope.label,
    way: people.invite.way,
    password: staff.password,
  };
}

/** By mail, where they choose their own password, or with one that is told to them. */
function WayIn({ page, form }: { page: Page; form: FormState }): JSX.Element {
  const { invite } = page.t.people;
  return (
    <RadioGroup
      page={page}
      form={{ ...form, values: { ...form.values, way: form.values["way"] ?? "mail" } }}
      name="way"
      label={invite.way}
      options={[
        { value: "mail", label: invite.byMail, hint: invite.byMailHint },
        { value: "password", label: invite.byPassword, hint: invite.byPasswordHint },
      ]}
    />
  );
}

/** Who somebody is and what they may do. */
export function UserForm(props: UserFormProps): JSX.Element {
  const { page, form } = props;
  const { staff, actions } = page.t;
  const it = { page, form };
  const { departmentId, roleId } = form.values;
  const roles = byLabel(page, props.roles, roleLabel)
    .filter(({ id, mine }) => mine || id === roleId)
    .map((role) => ({ value: role.id, label: roleLabel(page, role) }));
  const departments = byLabel(page, props.departments, departmentLabel)
    .filter(({ id, active }) => active || id === departmentId)
    .map((department) => ({ value: department.id, label: departmentLabel(page, department) }));
  return (
    <Form
      page={page}
      action={props.action}
      {...(props.version === undefined ? {} : { version: props.version })}
      {...(props.idempotencyKey === undefined ? {} : { idempotencyKey: props.idempotencyKey })}
    >
      {props.adding ? <WayIn {...it} /> : ""}
      <FormSection title={staff.account}>
        <TextInput {...it} name="name" label={staff.name} maxlength={120} autofocus={props.adding} />
        <TextInput {...it} name="email" label={staff.email} type="email" maxlength={254} />
        <TextInput {...it} name="phone" label={staff.phone} type="tel" maxlength={40} optional />
        {props.adding ? (
          <TextInput
            {...it}
            name="password"
            label={staff.password}
            hint={staff.passwordHint}
            type="password"
            autocomplete="new-password"
            optional
          />
        ) : (
          ""
        )}
      </FormSection>
      <FormSection title={staff.access}>
        <Select {...it} name="roleId" label={staff.role} options={roles} />
        <Select
          {...it}
          name="departmentId"
          label={staff.department}
          options={departments}
          noneLabel={staff.noDepartment}
          optional
        />
        {departments.length > 1 ? (
          <CheckboxGroup
            {...it}
            name="otherDepartmentIds"
            label={page.t.people.otherDepartments}
            options={departments}
            chosen={props.otherDepartments}
            optional
            inline
          />
        ) : (
          ""
        )}
        <ScopeField page={page} form={form} hint={page.t.people.scope.userHint} />
      </FormSection>
      <FormActions>
        <Button label={props.adding ? staff.addUser : actions.saveChanges} look="primary" />
        <LinkButton href="/users" label={actions.cancel} />
      </FormActions>
    </Form>
  );
}
