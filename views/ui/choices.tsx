import { Field, FieldErrorLine, type FieldProps, inputAttributes, OptionalMark } from "./field.tsx";
import { errorOf, fieldId } from "./form-state.ts";

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
  readonly disabled?: boolean;
}

interface SelectProps extends FieldProps {
  readonly options: readonly Option[];
  /** The words for no choice; "Choose" by default, and no such entry where a value stands and it is required. */
  readonly noneLabel?: string;
}

/** One of a list, the browser's own select: typing a letter jumps. */
export function Select(props: SelectProps): JSX.Element {
  const value = props.form.values[props.name] ?? "";
  const needsNone = props.optional === true || value === "";
  return (
    <Field {...props}>
      <select {...inputAttributes(props)} class="select">
        {needsNone ? (
          <option value="" selected={value === ""} safe>
            {props.noneLabel ?? (props.optional === true ? props.page.t.form.none : props.page.t.form.choose)}
          </option>
        ) : (
          ""
        )}
        {props.options.map((option) => (
          <option value={option.value} selected={option.value === value} disabled={option.disabled} safe>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** One box to tick. Sends `value` ("true" by default) when ticked, nothing when not. */
export function Checkbox(props: FieldProps & { value?: string }): JSX.Element {
  const value = props.value ?? "true";
  return (
    <div class={["field field-choice", errorOf(props.form, props.name) !== undefined && "field-invalid"]}>
      <label class="choice">
        <input
          {...inputAttributes(props)}
          required={false}
          class="input"
          type="checkbox"
          value={value}
          checked={props.form.values[props.name] === value}
        />
        <span class="choice-text">
          <span safe>{props.label}</span>
          <ChoiceHint id={`${fieldId(props.form, props.name)}-hint`} text={props.hint} />
        </span>
      </label>
      <FieldErrorLine {...props} />
    </div>
  );
}

interface GroupProps extends FieldProps {
  readonly options: readonly Option[];
  /** Options side by side, where they are few and short. */
  readonly inline?: boolean;
}

/** One of a few, all in sight. The group's id is on its first option, so that the error summary can lead there. */
export function RadioGroup(props: GroupProps): JSX.Element {
  return <ChoiceGroup {...props} type="radio" chosen={[props.form.values[props.name] ?? ""]} />;
}

/** Several of a list: permissions, days. `chosen` holds the values ticked; each is sent under the same name. */
export function CheckboxGroup(props: GroupProps & { chosen: readonly string[] }): JSX.Element {
  return <ChoiceGroup {...props} type="checkbox" chosen={props.chosen} />;
}

function ChoiceGroup(
  props: GroupProps & { type: "radio" | "checkbox"; chosen: readonly string[] },
): JSX.Element {
  const id = fieldId(props.form, props.name);
  const attributes = inputAttributes(props);
  return (
    <fieldset
      class={["field field-group", errorOf(props.form, props.name) !== undefined && "field-invalid"]}
      aria-describedby={attributes["aria-describedby"]}
    >
      <legend>
        <span safe>{props.label}</span>
        {props.optional === true ? <OptionalMark page={props.page} /> : ""}
      </legend>
      <ChoiceHint id={`${id}-hint`} text={props.hint} />
      <div class={["choices", props.inline === true && "choices-inline"]}>
        {props.options.map((option, index) => (
          <label class="choice">
            <input
              id={index === 0 ? id : `${id}-${index}`}
              class="input"
              type={props.type}
              name={props.name}
              value={option.value}
              checked={props.chosen.includes(option.value)}
              disabled={option.disabled === true || props.disabled === true}
              required={props.type === "radio" && props.optional !== true}
              aria-invalid={attributes["aria-invalid"]}
            />
            <span class="choice-text">
              <span safe>{option.label}</span>
              <ChoiceHint text={option.hint} />
            </span>
          </label>
        ))}
      </div>
      <FieldErrorLine {...props} />
    </fieldset>
  );
}

function ChoiceHint(props: { id?: string; text: string | undefined }): JSX.Element {
  if (props.text === undefined) return "";
  return (
    <span class="field-hint" id={props.id} safe>
      {props.text}
    </span>
  );
}
