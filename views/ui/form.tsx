import type { Children } from "@kitajs/html";
import { csrfField, type Page } from "../page.ts";
import { type FormState, fieldErrorText, fieldId } from "./form-state.ts";
import { Icon } from "./icon.tsx";

/** The hidden proof that a form came from one of our pages. Every POST form carries it. */
export function CsrfField(props: { page: Pick<Page, "csrf"> }): JSX.Element {
  return <input type="hidden" name={csrfField} value={props.page.csrf} />;
}

interface FormProps {
  readonly page: Pick<Page, "csrf">;
  readonly action: string;
  readonly id?: string;
  /** Sends files. */
  readonly files?: boolean;
  readonly class?: string;
  /** The row's version at the time the form was made; sent as `version`, so that a change by another is noticed. */
  readonly version?: number;
  /** Key that makes a second sending of the same form add nothing; sent as `idempotencyKey`. */
  readonly idempotencyKey?: string;
  readonly children: Children;
}

/** A POST form of one column: protected, its button held while it is sent. The server judges the fields, in the person's language. */
export function Form(props: FormProps): JSX.Element {
  return (
    <form
      method="post"
      action={props.action}
      id={props.id}
      class={["form", props.class]}
      enctype={props.files === true ? "multipart/form-data" : undefined}
      novalidate
      data-hold
    >
      <CsrfField page={props.page} />
      {props.version === undefined ? (
        ""
      ) : (
        <input type="hidden" name="version" value={String(props.version)} />
      )}
      {props.idempotencyKey === undefined ? (
        ""
      ) : (
        <input type="hidden" name="idempotencyKey" value={props.idempotencyKey} />
      )}
      {props.children}
    </form>
  );
}

/** A group of fields asked together, in the order of the talk at the desk. */
export function FormSection(props: {
  title: string;
  hint?: string;
  /** Many short groups: two columns of them where there is room. */
  columns?: boolean;
  children: Children;
}): JSX.Element {
  return (
    <fieldset class="form-section">
      <legend safe>{props.title}</legend>
      {props.hint === undefined ? (
        ""
      ) : (
        <p class="form-section-hint" safe>
          {props.hint}
        </p>
      )}
      <div class={["form-section-fields", props.columns === true && "form-section-columns"]}>
        {props.children}
      </div>
    </fieldset>
  );
}

/** Fields beside each other on wide screens: first and last name, date and time. */
export function FieldRow(props: { children: Children }): JSX.Element {
  return <div class="field-row">{props.children}</div>;
}

/** The buttons of a form: the one that sends it first, then the way out. */
export function FormActions(props: { children: Children }): JSX.Element {
  return <div class="form-actions">{props.children}</div>;
}

interface FormErrorsProps {
  readonly page: Pick<Page, "t" | "lang">;
  readonly form: FormState;
  /** Field name to its label, as it stands on the form. */
  readonly labels: Readonly<Record<string, string>>;
  /** What is wrong with the whole rather than a field. */
  readonly whole?: string;
}

/** The summary above a form that was refused: what to correct, each a link to its field. Nothing where all is right. */
export function FormErrors(props: FormErrorsProps): JSX.Element {
  const { page, form } = props;
  if (form.errors.length === 0 && props.whole === undefined) return "";
  const fields = form.errors.length;
  const title = fields > 0 ? page.t.form.errorSummary(fields) : (props.whole ?? "");
  return (
    <div class="banner banner-danger form-errors" role="alert" tabindex="-1" data-focus-first-error>
      <Icon name="octagon-alert" />
      <div class="banner-body">
        <h2 class="banner-title" safe>
          {title}
        </h2>
        {fields > 0 && props.whole !== undefined ? <p safe>{props.whole}</p> : ""}
        {fields > 0 ? <WrongFields {...props} /> : ""}
      </div>
    </div>
  );
}

/** Passwords and codes are never filled in again. */
const isSecret = (field: string) => field === "code" || /password/i.test(field);

function WrongFields(props: FormErrorsProps): JSX.Element {
  const { page, form } = props;
  return (
    <>
      <ul>
        {form.errors.map((error) => (
          <li>
            <a href={`#${fieldId(form, error.field)}`} safe>
              {`${props.labels[error.field] ?? error.field}: ${fieldErrorText(page, error)}`}
            </a>
          </li>
        ))}
      </ul>
      {form.errors.some(({ field }) => isSecret(field)) ? "" : <p safe>{page.t.form.nothingLost}</p>}
    </>
  );
}
