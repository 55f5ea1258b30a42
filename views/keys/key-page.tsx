import type { ApiKey } from "../../server/auth/keys/key-rows.ts";
import { formatNumber } from "../format.ts";
import { AppLayout } from "../layouts/app-layout.tsx";
import type { Page } from "../page.ts";
import { Code } from "../ui/bdi.tsx";
import { LinkButton } from "../ui/button.tsx";
import { ConfirmDialog, ConfirmPage } from "../ui/confirm.tsx";
import { DescriptionList } from "../ui/description-list.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { Panel } from "../ui/panel.tsx";
import { Ago, Instant } from "../ui/time.tsx";
import { KeyForm, type KeyFormProps, RotateForm } from "./key-form.tsx";
import { KeyState, makerOf } from "./keys-page.tsx";

const crumbs = (page: Page) => [{ label: page.t.keys.title, href: "/keys" }];

/** Making a key. */
export function NewKeyPage(props: KeyFormProps): JSX.Element {
  const { page } = props;
  return (
    <AppLayout page={page} title={page.t.keys.addTitle}>
      <PageHeader title={page.t.keys.addTitle} crumbs={crumbs(page)} />
      <KeyForm {...props} />
    </AppLayout>
  );
}

/** One key: how it stands, what it may do, a new secret, its end. */
export function KeyPage(
  props: KeyFormProps & { readonly apiKey: ApiKey; readonly mayEdit: boolean },
): JSX.Element {
  const { page, apiKey, mayEdit } = props;
  const t = page.t.keys;
  const open = mayEdit && apiKey.state !== "revoked";
  return (
    <AppLayout page={page} title={apiKey.name}>
      <PageHeader title={apiKey.name} crumbs={crumbs(page)} status={<KeyState page={page} apiKey={apiKey} />}>
        {open ? (
          <LinkButton
            href={`/keys/${apiKey.id}/revocation`}
            opens="revoke-key"
            label={t.revoke}
            icon="ban"
            look="danger-quiet"
          />
        ) : (
          ""
        )}
      </PageHeader>
      <Panel title={t.prefix}>
        <Facts page={page} apiKey={apiKey} />
      </Panel>
      {open ? (
        <>
          <Panel title={t.details}>
            <KeyForm {...props} />
          </Panel>
          <Panel title={t.rotateTitle}>
            <RotateForm page={page} id={apiKey.id} />
          </Panel>
          <ConfirmDialog id="revoke-key" {...revocationOf(page, apiKey)} />
        </>
      ) : (
        ""
      )}
    </AppLayout>
  );
}

function Facts({ page, apiKey }: { page: Page; apiKey: ApiKey }): JSX.Element {
  const t = page.t.keys;
  const { previousUntil, revokedByName, expiresAt, callsPerMinute } = apiKey;
  const when = (at: Date | null) => (at === null ? t.never : <Instant page={page} at={at} />);
  return (
    <DescriptionList
      page={page}
      items={[
        { term: t.prefix, value: <Code text={apiKey.prefix} /> },
        { term: t.kind, text: t.kinds[apiKey.kind] },
        { term: t.maker, text: makerOf(page, apiKey) },
        { term: t.made, value: <Instant page={page} at={apiKey.createdAt} /> },
        { term: t.lastUsed, value: <Ago page={page} at={apiKey.lastUsedAt} never={t.neverUsed} /> },
        ...(apiKey.lastUsedAddress === null
          ? []
          : [{ term: t.locks.address, value: <Code text={apiKey.lastUsedAddress} /> }]),
        { term: t.expires, value: when(expiresAt) },
        { term: t.networks, text: apiKey.networks.join(", ") || t.anywhere },
        { term: t.perMinute, text: callsPerMinute === null ? t.usual : formatNumber(page, callsPerMinute) },
        ...(previousUntil === null ? [] : [{ term: t.previous, value: when(previousUntil) }]),
        ...(revokedByName === null ? [] : [{ term: t.revokedBy, text: revokedByName }]),
      ]}
    />
  );
}

function revocationOf(page: Page, { id, name }: ApiKey) {
  const t = page.t.keys;
  return {
    page,
    title: `${t.revoke}: ${name}`,
    text: t.revokeText,
    action: `/keys/${id}/revocation`,
    confirmLabel: t.revoke,
  };
}

/** The question before a key ends, where no script runs. */
export function RevokeKeyPage({ page, apiKey }: { page: Page; apiKey: ApiKey }): JSX.Element {
  const question = revocationOf(page, apiKey);
  return (
    <AppLayout page={page} title={question.title}>
      <ConfirmPage {...question} cancelHref={`/keys/${apiKey.id}`} />
    </AppLayout>
  );
}

/** The one sight of a key's secret. */
export function KeySecretPage(props: { page: Page; apiKey: ApiKey; secret: string }): JSX.Element {
  const { page, apiKey } = props;
  const t = page.t.keys;
  return (
    <AppLayout page={page} title={t.secretTitle}>
      <PageHeader title={t.secretTitle} crumbs={crumbs(page)} lead={t.secretText} />
      <Panel title={apiKey.name}>
        <p class="secret-once">
          <Code text={props.secret} />
        </p>
        <LinkButton href={`/keys/${apiKey.id}`} label={page.t.actions.continue} look="primary" />
      </Panel>
    </AppLayout>
  );
}
