import type { Role } from "../../../server/hospital/roles/roles.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Messages } from "../../messages/en.ts";
import type { Page } from "../../page.ts";
import { roleDescription, roleLabel, shownAs } from "../../standard-names.ts";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Checkbox, CheckboxGroup } from "../../ui/choices.tsx";
import { ConfirmDialog, ConfirmPage } from "../../ui/confirm.tsx";
import { Form, FormActions, FormErrors, FormSection } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { Textarea, TextInput } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { ScopeField } from "./scope-field.tsx";

type Permission = keyof Messages["staff"]["permissionNames"];
type Group = keyof Messages["staff"]["groups"];

export interface RolePageProps {
  readonly page: Page;
  readonly form: FormState;
  readonly whole?: string;
  /** Null: a new one. */
  readonly role: Role | null;
  /** The map of rights, by group. */
  readonly groups: Readonly<Record<Group, readonly Permission[]>>;
  readonly chosen: readonly string[];
  /** Whether the person holds a right, and so may give or take it. */
  readonly holds: (permission: string) => boolean;
  readonly mayEdit: boolean;
}

/** A role: what it is called, and what it may do. */
export function RolePage(props: RolePageProps): JSX.Element {
  const { page, role } = props;
  const { staff } = page.t;
  const title = role === null ? staff.addRoleTitle : roleLabel(page, role);
  const removable = role !== null && props.mayEdit && !role.builtIn && role.users === 0;
  return (
    <AppLayout page={page} title={title}>
      <PageHeader title={title} crumbs={[{ label: staff.roles, href: "/roles" }]}>
        {role !== null && props.mayEdit ? (
          <LinkButton href={`/roles/${role.id}/copy`} label={page.t.people.copyRole} icon="copy" />
        ) : (
          ""
        )}
        {removable ? (
          <LinkButton
            href={`/roles/${role.id}/removal`}
            opens="remove-role"
            label={staff.deleteRole}
            icon="trash-2"
            look="danger-quiet"
          />
        ) : (
          ""
        )}
      </PageHeader>
      <FormErrors
        page={page}
        form={props.form}
        labels={{
          name: staff.name,
          description: staff.description,
          permissions: staff.permissions,
          scope: page.t.people.scope.label,
        }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <RoleForm {...props} />
      {removable ? <ConfirmDialog id="remove-role" {...removalOf(page, role)} /> : ""}
    </AppLayout>
  );
}

function RoleForm(props: RolePageProps): JSX.Element {
  const { page, form, role } = props;
  const { staff, actions } = page.t;
  const disabled = !props.mayEdit;
  const words = wordsOf(props);
  const it = { page, form: words.form, disabled };
  return (
    <Form
      page={page}
      action={role === null ? "/roles" : `/roles/${role.id}`}
      {...(role === null ? {} : { version: role.version })}
    >
      <TextInput {...it} {...words.name} name="name" label={staff.name} maxlength={80} />
      <Textarea
        {...it}
        {...words.description}
        name="description"
        label={staff.description}
        rows={2}
        maxlength={300}
        optional
      />
      <Checkbox
        {...it}
        name="requiresSecondFactor"
        label={page.t.account.roleNeedsFactor}
        hint={page.t.account.roleNeedsFactorHint}
      />
      <ScopeField
        page={page}
        form={form}
        hint={page.t.people.scope.roleHint}
        disabled={disabled || role?.key === "admin"}
      />
      <FormSection title={staff.permissions} hint={staff.permissionsHint} columns>
        {Object.entries(props.groups).map(([group, permissions]) => (
          <CheckboxGroup
            page={page}
            form={{ ...form, idPrefix: `f-${group}` }}
            name="permissions"
            label={staff.groups[group as Group]}
            chosen={props.chosen}
            options={permissions.map((permission) => ({
              value: permission,
              label: staff.permissionNames[permission],
              disabled: disabled || !props.holds(permission),
            }))}
          />
        ))}
      </FormSection>
      <FormActions>
        {props.mayEdit ? <Button label={actions.save} look="primary" /> : ""}
        <LinkButton href="/roles" label={props.mayEdit ? actions.cancel : actions.back} />
      </FormActions>
    </Form>
  );
}

/**
 * Whoever changes a role changes the words that are stored, and is told what pages say instead; whoever only looks is
 * shown what pages say.
 */
function wordsOf({ page, form, role, mayEdit }: RolePageProps) {
  if (role === null) return { form, name: {}, description: {} };
  const name = roleLabel(page, role);
  const description = roleDescription(page, role);
  if (!mayEdit)
    return { form: { ...form, values: { ...form.values, name, description } }, name: {}, description: {} };
  return {
    form,
    name: shownAs(page, role.name, name),
    description: shownAs(page, role.description, description),
  };
}

function removalOf(page: Page, role: Role) {
  const { staff } = page.t;
  return {
    page,
    title: staff.deleteRoleTitle(roleLabel(page, role)),
    text: staff.deleteRoleText,
    action: `/roles/${role.id}/removal`,
    confirmLabel: staff.deleteRole,
  };
}

/** The question before a role is removed, where no script runs. */
export function RoleRemovalPage({ page, role }: { page: Page; role: Role }): JSX.Element {
  const question = removalOf(page, role);
  return (
    <AppLayout page={page} title={question.title}>
      <ConfirmPage {...question} cancelHref={`/roles/${role.id}`} />
    </AppLayout>
  );
}
