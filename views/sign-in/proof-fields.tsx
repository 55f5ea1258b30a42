import type { Page } from "../page.ts";
import type { FormState } from "../ui/form-state.ts";
import { TextInput } from "../ui/inputs.tsx";

/** What proves that a mail was read: its link's token, carried along, or the address and the code typed. */
export function ProofFields(props: { page: Page; form: FormState; token: string | null }): JSX.Element {
  const { page, form, token } = props;
  const { credentials, signIn } = page.t;
  if (token !== null) return <input type="hidden" name="token" value={token} />;
  return (
    <>
      <TextInput
        page={page}
        form={form}
        type="email"
        name="email"
        label={signIn.email}
        autocomplete="username"
      />
      <TextInput
        page={page}
        form={form}
        name="code"
        label={credentials.code}
        hint={credentials.codeHint}
        autocomplete="one-time-code"
        dir="ltr"
        maxlength={20}
      />
    </>
  );
}
