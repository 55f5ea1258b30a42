import type { Page } from "../../page.ts";
import { RadioGroup } from "../../ui/choices.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";

export interface OperatorFormProps {
  readonly page: Page;
  readonly form: FormState;
  readonly whole?: string;
}

export const crumbsOf = (page: Page) => [{ label: page.t.people.operators.title, href: "/operators" }];

/** What the fields are called in an error. */
export function labelsOf({ t: { people } }: Page) {
  const { operators: t, invite } = people;
  return { name: t.name, email: t.email, role: t.role, way: invite.way };
}

/** Who it is, and what they may do. */
export function OperatorFields({ page, form }: OperatorFormProps): JSX.Element {
  const { operators: t } = page.t.people;
  const it = { page, form };
  return (
    <>
      <TextInput {...it} name="name" label={t.name} maxlength={120} />
      <TextInput {...it} name="email" label={t.email} type="email" maxlength={254} />
      <RadioGroup
        {...it}
        name="role"
        label={t.role}
        options={(["super-admin", "admin", "group-admin"] as const).map((role) => ({
          value: role,
          label: t.roles[role],
          hint: t.roleHints[role],
        }))}
      />
    </>
  );
}
