import type { Children } from "@kitajs/html";
import type { Page } from "../page.ts";
import { Button, LinkButton } from "./button.tsx";
import { Field } from "./field.tsx";
import { Form, FormActions, FormErrors } from "./form.tsx";
import { emptyForm, type FormState } from "./form-state.ts";

export interface ConfirmProps {
  readonly page: Pick<Page, "t" | "lang" | "csrf">;
  readonly title: string;
  /** What will happen, what stays, whether it can be taken back. */
  readonly text: string;
  readonly action: string;
  readonly confirmLabel: string;
  /** Where it can't be taken back: the name that has to be typed, sent as `confirm` and judged by the server. */
  readonly typed?: string;
  readonly version?: number;
  readonly form?: FormState;
  /** Further fields, such as a reason. */
  readonly children?: Children;
}

/** A question before an act that can't be undone, in a native dialog. Its opener is a LinkButton with `opens={id}` to the ConfirmPage. */
export function ConfirmDialog(props: ConfirmProps & { id: string }): JSX.Element {
  return (
    <dialog id={props.id} class="confirm-dialog" aria-labelledby={`${props.id}-title`}>
      <h2 id={`${props.id}-title`} safe>
        {props.title}
      </h2>
      <ConfirmForm
        {...props}
        cancel={<Button type="button" label={props.page.t.actions.cancel} closes={props.id} />}
        idPrefix={props.id}
      />
    </dialog>
  );
}

/** The same question as the body of a page: where no script runs, and where the typed name was wrong. */
export function ConfirmPage(props: ConfirmProps & { cancelHref: string }): JSX.Element {
  return (
    <section class="confirm-page panel">
      <h1 safe>{props.title}</h1>
      <ConfirmForm
        {...props}
        cancel={<LinkButton href={props.cancelHref} label={props.page.t.actions.cancel} />}
        idPrefix="confirm"
      />
    </section>
  );
}

function ConfirmForm(props: ConfirmProps & { cancel: Children; idPrefix: string }): JSX.Element {
  const { page, typed } = props;
  const form: FormState = { ...(props.form ?? emptyForm), idPrefix: props.idPrefix };
  const label = typed === undefined ? "" : page.t.form.typeToConfirm(typed);
  const version = props.version === undefined ? {} : { version: props.version };
  return (
    <>
      <p class="confirm-text" safe>
        {props.text}
      </p>
      <FormErrors page={page} form={form} labels={{ confirm: label }} />
      <Form page={page} action={props.action} {...version}>
        {props.children}
        {typed === undefined ? (
          ""
        ) : (
          <Field page={page} form={form} name="confirm" label={label}>
            <input
              class="input"
              id={`${props.idPrefix}-confirm`}
              name="confirm"
              autocomplete="off"
              spellcheck="false"
              required
              data-must-equal={typed}
            />
          </Field>
        )}
        <FormActions>
          <Button label={props.confirmLabel} look="danger" />
          {props.cancel}
        </FormActions>
      </Form>
    </>
  );
}
