import type { Page } from "../../page.ts";
import { RadioGroup } from "../../ui/choices.tsx";
import type { FormState } from "../../ui/form-state.ts";

/** Whether rights reach the whole hospital, or the departments alone that somebody belongs to. */
export function ScopeField(props: {
  page: Page;
  form: FormState;
  hint: string;
  disabled?: boolean;
}): JSX.Element {
  const { page, form } = props;
  const { scope } = page.t.people;
  return (
    <RadioGroup
      page={page}
      form={{ ...form, values: { ...form.values, scope: form.values["scope"] ?? "hospital" } }}
      name="scope"
      label={scope.label}
      hint={props.hint}
      disabled={props.disabled === true}
      options={[
        { value: "hospital", label: scope.hospital },
        { value: "departments", label: scope.departments },
      ]}
    />
  );
}
