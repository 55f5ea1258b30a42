import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { ConfirmPage } from "../../ui/confirm.tsx";
import type { FormState } from "../../ui/form-state.ts";

/** Asks before every table is shipped again. */
export function ReseedPage(props: {
  page: Page;
  hospital: { readonly id: string; readonly name: string };
  form: FormState;
}): JSX.Element {
  const { page, hospital, form } = props;
  const { copying: t } = page.t;
  const title = t.reseedTitle(hospital.name);
  return (
    <AppLayout page={page} title={title}>
      <ConfirmPage
        {...{ page, title, form }}
        text={t.reseedText}
        action={`/hospitals/${hospital.id}/reseed`}
        confirmLabel={t.reseed}
        typed={hospital.name}
        cancelHref={`/hospitals/${hospital.id}/copying`}
      />
    </AppLayout>
  );
}
