import { Field, type FieldProps, inputAttributes } from "./field.tsx";

interface TextInputProps extends FieldProps {
  readonly type?: "text" | "email" | "tel" | "password" | "url" | "search";
  readonly autocomplete?: string;
  readonly maxlength?: number;
  readonly placeholder?: string;
  readonly autofocus?: boolean;
  readonly spellcheck?: boolean;
  /** `ltr` for emails, numbers and codes; names take the direction of what is typed. */
  readonly dir?: "auto" | "ltr";
}

/** A line of text. A password is never filled in again. */
export function TextInput(props: TextInputProps): JSX.Element {
  const type = props.type ?? "text";
  const leftToRight = type === "email" || type === "tel" || type === "url" || type === "password";
  return (
    <Field {...props}>
      <input
        {...inputAttributes(props)}
        class="input"
        type={type}
        value={type === "password" ? undefined : (props.form.values[props.name] ?? "")}
        dir={props.dir ?? (leftToRight ? "ltr" : "auto")}
        autocomplete={props.autocomplete ?? "off"}
        maxlength={props.maxlength}
        placeholder={props.placeholder}
        autofocus={props.autofocus}
        spellcheck={props.spellcheck === true ? "true" : "false"}
      />
    </Field>
  );
}

interface NumberInputProps extends FieldProps {
  /** Digits after the point that may be typed; 0 brings up the plain number pad. */
  readonly digits?: number;
  /** Unit or currency after the figure. */
  readonly suffix?: string;
}

/** A number, typed: no spinner that a mouse wheel turns by accident. */
export function NumberInput(props: NumberInputProps): JSX.Element {
  return (
    <Field width="short" {...props}>
      <span class="input-row">
        <input
          {...inputAttributes(props)}
          class="input input-number"
          type="text"
          inputmode={props.digits === undefined || props.digits === 0 ? "numeric" : "decimal"}
          value={props.form.values[props.name] ?? ""}
          dir="ltr"
          autocomplete="off"
        />
        {props.suffix === undefined ? (
          ""
        ) : (
          <span class="input-suffix" safe>
            {props.suffix}
          </span>
        )}
      </span>
    </Field>
  );
}

/** A calendar date, typed digit by digit or picked; sent as `YYYY-MM-DD`. */
export function DateInput(
  props: FieldProps & { min?: string; max?: string; autocomplete?: string },
): JSX.Element {
  return (
    <Field width="short" {...props}>
      <input
        {...inputAttributes(props)}
        class="input input-date"
        type="date"
        value={props.form.values[props.name] ?? ""}
        min={props.min}
        max={props.max}
        autocomplete={props.autocomplete ?? "off"}
      />
    </Field>
  );
}

/** Several lines of text; grows with what is typed. */
export function Textarea(props: FieldProps & { rows?: number; maxlength?: number }): JSX.Element {
  return (
    <Field {...props}>
      <textarea
        {...inputAttributes(props)}
        class="textarea"
        rows={String(props.rows ?? 3)}
        maxlength={props.maxlength}
        dir="auto"
        safe
      >
        {props.form.values[props.name] ?? ""}
      </textarea>
    </Field>
  );
}

interface FileInputProps extends FieldProps {
  /** As the accept attribute takes it: `.json,application/json`. */
  readonly accept: string;
  readonly multiple?: boolean;
}

/** Files to send; the form needs `enctype="multipart/form-data"`. */
export function FileInput(props: FileInputProps): JSX.Element {
  return (
    <Field {...props}>
      <input
        {...inputAttributes(props)}
        class="input input-file"
        type="file"
        accept={props.accept}
        multiple={props.multiple}
      />
    </Field>
  );
}
