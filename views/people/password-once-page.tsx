import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { Code } from "../ui/bdi.tsx";
import { LinkButton } from "../ui/button.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Panel } from "../ui/panel.tsx";

/** A password that was made, shown once. */
export function PasswordOncePage(props: {
  page: Page;
  person: { readonly name: string; readonly email: string };
  password: string;
  next: string;
}): JSX.Element {
  const { page, person } = props;
  const { operators: t } = page.t.people;
  return (
    <AppLayout page={page} title={t.passwordTitle}>
      <PageHeader title={t.passwordTitle} lead={t.passwordText(person.name)} />
      <Panel title={person.email}>
        <p class="secret-once">
          <Code text={props.password} />
        </p>
        <LinkButton href={props.next} label={page.t.actions.continue} look="primary" />
      </Panel>
    </AppLayout>
  );
}
