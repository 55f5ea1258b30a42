import type { Page } from "../page.ts";
import type { FormState } from "../ui/form-state.ts";
import { TextInput } from "../ui/inputs.tsx";

/** The field for a code of the app; a recovery code fits too, so that nobody has to look for another form. */
export function CodeInput(props: {
  page: Page;
  form: FormState;
  autofocus?: boolean;
  /** Only the app's code will do. */
  appOnly?: boolean;
}): JSX.Element {
  const { page, form } = props;
  const { account } = page.t;
  return (
    <TextInput
      page={page}
      form={{ ...form, values: {} }}
      name="code"
      label={props.appOnly === true ? account.firstCode : account.code}
      {...(props.appOnly === true ? {} : { hint: account.codeHint })}
      width="medium"
      autocomplete="one-time-code"
      dir="ltr"
      maxlength={40}
      {...(props.autofocus === true ? { autofocus: true } : {})}
    />
  );
}
