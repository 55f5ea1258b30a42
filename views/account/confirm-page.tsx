import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Form, FormActions, FormErrors } from "../ui/form.tsx";
import type { FormState } from "../ui/form-state.ts";
import { TextInput } from "../ui/inputs.tsx";
import { CodeInput } from "./code-input.tsx";

/** What was about to be done, to be sent once more by the person themselves. */
export interface Interrupted {
  readonly method: "get" | "post";
  readonly path: string;
  /** The form's fields, several of one name where boxes were ticked. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export interface ConfirmItIsYouProps {
  readonly page: Page;
  readonly interrupted: Interrupted;
  readonly form: FormState;
  readonly whole?: string;
  /** There is a second factor, and its code is asked for too. */
  readonly withCode: boolean;
}

/** As one word without signs that markup would read. */
const packed = (interrupted: Interrupted) => Buffer.from(JSON.stringify(interrupted)).toString("base64url");

/** Of an attribute only quotes are escaped; what was typed has to come back as it was, `&amp;` too. */
const exact = (text: string) => text.replaceAll("&", "&amp;");

/** Before a dangerous act: the password once more, and the code. */
export function ConfirmItIsYouPage(props: ConfirmItIsYouProps): JSX.Element {
  const { page, form, interrupted } = props;
  const { account } = page.t;
  return (
    <AppLayout page={page} title={account.confirmTitle}>
      <section class="confirm-page panel">
        <h1 safe>{account.confirmTitle}</h1>
        <p safe>{account.confirmText}</p>
        {interrupted.method === "post" ? <p safe>{account.confirmKept}</p> : ""}
        <FormErrors
          page={page}
          form={form}
          labels={{ password: account.password, code: account.code }}
          {...(props.whole === undefined ? {} : { whole: props.whole })}
        />
        <Form page={page} action="/profile/confirm">
          <input type="hidden" name="interrupted" value={packed(interrupted)} />
          <TextInput
            page={page}
            form={form}
            name="password"
            label={account.password}
            type="password"
            autocomplete="current-password"
            autofocus
          />
          {props.withCode ? <CodeInput page={page} form={form} /> : ""}
          <FormActions>
            <Button label={account.confirmSubmit} look="primary" />
            <LinkButton href="/" label={page.t.actions.cancel} />
          </FormActions>
        </Form>
      </section>
    </AppLayout>
  );
}

/** After it: the interrupted act as a button, with all that had been entered. */
export function GoOnPage({ page, interrupted }: { page: Page; interrupted: Interrupted }): JSX.Element {
  const { account } = page.t;
  return (
    <AppLayout page={page} title={account.confirmed}>
      <section class="confirm-page panel">
        <h1 safe>{account.confirmed}</h1>
        <p safe>{account.confirmedText}</p>
        {interrupted.method === "get" ? (
          <LinkButton href={interrupted.path} label={account.goOn} look="primary" />
        ) : (
          <Form page={page} action={interrupted.path}>
            {interrupted.fields.map(([name, value]) => (
              <input type="hidden" name={exact(name)} value={exact(value)} />
            ))}
            <FormActions>
              <Button label={account.goOn} look="primary" />
              <LinkButton href="/" label={page.t.actions.cancel} />
            </FormActions>
          </Form>
        )}
      </section>
    </AppLayout>
  );
}
