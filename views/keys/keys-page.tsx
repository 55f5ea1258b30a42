import type { ApiKey } from "../../server/auth/keys/key-rows.ts";
import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { Code } from "../ui/bdi.tsx";
import { Button, LinkButton } from "../ui/button.tsx";
import { Chip } from "../ui/chip.tsx";
import { Checkbox } from "../ui/choices.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Form, FormActions } from "../ui/form.tsx";
import { ListRegion } from "../ui/list.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Panel } from "../ui/panel.tsx";
import { RoomTabs } from "../ui/room-tabs.tsx";
import { Ago } from "../ui/time.tsx";

/** How a key stands, as a chip. */
export function KeyState({ page, apiKey }: { page: Page; apiKey: ApiKey }): JSX.Element {
  const looks = {
    active: ["success", "circle-check"],
    expired: ["neutral", "clock"],
    revoked: ["neutral", "ban"],
  } as const;
  const [tone, icon] = looks[apiKey.state];
  return <Chip tone={tone} icon={icon} label={page.t.keys.states[apiKey.state]} />;
}

/** Who made a key, and whether they have left since. */
export function makerOf(page: Page, { createdByName, makerActive }: ApiKey): string {
  return makerActive === false ? `${createdByName} (${page.t.keys.makerGone})` : createdByName;
}

interface KeysPageProps {
  readonly page: Page;
  readonly keys: readonly ApiKey[];
  readonly policy: { readonly requireAppKey: boolean };
  readonly mayEdit: boolean;
}

/** The keys of programs. */
export function KeysPage(props: KeysPageProps): JSX.Element {
  const { page, mayEdit } = props;
  const t = page.t.keys;
  const add = <LinkButton href="/keys/new" label={t.add} look="primary" icon="plus" />;
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader title={t.title} lead={t.lead}>
        <LinkButton href="/docs" label={page.t.nav.docs} icon="book-open" />
        {mayEdit && props.keys.length > 0 ? add : ""}
      </PageHeader>
      <RoomTabs page={page} />
      <ListRegion>
        {props.keys.length === 0 ? (
          <EmptyState icon="key-round" title={t.empty} hint={t.emptyHint}>
            {mayEdit ? add : ""}
          </EmptyState>
        ) : (
          <KeysTable page={page} keys={props.keys} />
        )}
      </ListRegion>
      {mayEdit ? <PolicyPanel page={page} requireAppKey={props.policy.requireAppKey} /> : ""}
    </AppLayout>
  );
}

function KeysTable({ page, keys }: Pick<KeysPageProps, "page" | "keys">): JSX.Element {
  const t = page.t.keys;
  return (
    <DataTable
      page={page}
      caption={t.title}
      rows={keys}
      href={(key) => `/keys/${key.id}`}
      faint={(key) => key.state !== "active"}
      columns={[
        { key: "name", header: t.name, card: "title", text: (key) => key.name },
        { key: "prefix", header: t.prefix, cell: (key) => <Code text={key.prefix} /> },
        { key: "kind", header: t.kind, minor: true, text: (key) => t.kinds[key.kind] },
        { key: "maker", header: t.maker, minor: true, text: (key) => makerOf(page, key) },
        {
          key: "used",
          header: t.lastUsed,
          cell: (key) => <Ago page={page} at={key.lastUsedAt} never={t.neverUsed} />,
        },
        {
          key: "state",
          header: t.state,
          card: "status",
          cell: (key) => <KeyState page={page} apiKey={key} />,
        },
      ]}
    />
  );
}

function PolicyPanel(props: { page: Page; requireAppKey: boolean }): JSX.Element {
  const { page } = props;
  const t = page.t.keys;
  const form = { values: { requireAppKey: String(props.requireAppKey) }, errors: [] };
  return (
    <Panel title={t.policyTitle}>
      <Form page={page} action="/keys/policy">
        <Checkbox
          page={page}
          form={form}
          name="requireAppKey"
          label={t.policy}
          hint={t.policyHint}
          optional
        />
        <FormActions>
          <Button label={page.t.actions.save} />
        </FormActions>
      </Form>
    </Panel>
  );
}
