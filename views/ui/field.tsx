import type { Children } from "@kitajs/html";
import type { Page } from "../page.ts";
import { errorOf, type FormState, fieldErrorText, fieldId } from "./form-state.ts";
import { Icon } from "./icon.tsx";

/** What every field takes. Its value and its error are found in `form` by `name`. */
export interface FieldProps {
  readonly page: Pick<Page, "t" | "lang">;
  readonly form: FormState;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Required is the default; what is optional says so. */
  readonly optional?: boolean;
  readonly disabled?: boolean;
  /** Width of the input by what it holds; full by default. */
  readonly width?: "short" | "medium" | "full";
}

/** The attributes that tie an input to its label, hint and error. Spread them on the input. */
export function inputAttributes(props: FieldProps) {
  const id = fieldId(props.form, props.name);
  const invalid = errorOf(props.form, props.name) !== undefined;
  const describedBy = [props.hint === undefined ? "" : `${id}-hint`, invalid ? `${id}-error` : ""]
    .filter(Boolean)
    .join(" ");
  return {
    id,
    name: props.name,
    required: props.optional !== true,
    disabled: props.disabled,
    "aria-invalid": invalid ? ("true" as const) : undefined,
    "aria-describedby": describedBy === "" ? undefined : describedBy,
  };
}

/** A label above, the input, a hint, and what is wrong in words. */
export function Field(props: FieldProps & { children: Children }): JSX.Element {
  const id = fieldId(props.form, props.name);
  return (
    <div
      class={[
        "field",
        `field-${props.width ?? "full"}`,
        errorOf(props.form, props.name) !== undefined && "field-invalid",
      ]}
    >
      <label for={id}>
        <span safe>{props.label}</span>
        {props.optional === true ? <OptionalMark page={props.page} /> : ""}
      </label>
      {props.hint === undefined ? (
        ""
      ) : (
        <p class="field-hint" id={`${id}-hint`} safe>
          {props.hint}
        </p>
      )}
      {props.children}
      <FieldErrorLine {...props} />
    </div>
  );
}

/** "(optional)" beside a label. */
export function OptionalMark(props: { page: Pick<Page, "t"> }): JSX.Element {
  return (
    <span class="field-optional" safe>
      {props.page.t.form.optional}
    </span>
  );
}

/** The error of a field, under it; nothing where it is right. */
export function FieldErrorLine(props: Pick<FieldProps, "page" | "form" | "name">): JSX.Element {
  const error = errorOf(props.form, props.name);
  if (error === undefined) return "";
  return (
    <p class="field-error" id={`${fieldId(props.form, props.name)}-error`}>
      <Icon name="circle-alert" />
      <span safe>{fieldErrorText(props.page, error)}</span>
    </p>
  );
}
