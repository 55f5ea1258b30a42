import type { SupportRequest } from "../../../server/owner/support/requests.ts";
import { SupportState } from "../../hospital/support/support-page.tsx";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CsrfField, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { NumberInput, Textarea } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Ago, Instant } from "../../ui/time.tsx";

export interface SupportLink {
  readonly href: string;
  readonly until: Date;
}

export interface SupportRequestsProps {
  readonly page: Page;
  readonly id: string;
  readonly hospital: string;
  readonly requests: readonly SupportRequest[];
  /** The hospital's database does not answer: nobody can come in. */
  readonly away: boolean;
  /** The operator who looks. */
  readonly self: string;
  readonly form: FormState;
  readonly whole?: string;
  readonly link?: SupportLink;
}

/** Asking a hospital to be let in, and what it said. */
export function SupportRequestsPage(props: SupportRequestsProps): JSX.Element {
  const { page, id, hospital, link } = props;
  const { support: t } = page.t.privacy;
  return (
    <AppLayout page={page} title={t.title}>
      <PageHeader
        title={t.title}
        crumbs={[
          { label: page.t.owner.hospitals.title, href: "/hospitals" },
          { label: hospital, href: `/hospitals/${id}` },
        ]}
        lead={t.askLead}
      />
      {props.away ? <Banner tone="warning" icon="wifi-off" title={t.hospitalAway} /> : ""}
      {link === undefined ? (
        ""
      ) : (
        <Banner tone="success" icon="key-round" title={t.link} text={t.linkText} live>
          <LinkButton href={link.href} label={t.enter} look="primary" size="small" icon="log-in" />
        </Banner>
      )}
      <Panel title={t.requests} flush>
        {props.requests.length === 0 ? (
          <EmptyState icon="log-in" title={t.none} hint={t.askLead} />
        ) : (
          <Requests {...props} />
        )}
      </Panel>
      {props.requests.some((request) => isOpenOf(props.self, request)) ? "" : <Ask {...props} />}
    </AppLayout>
  );
}

/** An operator asks a hospital once at a time. */
const isOpenOf = (self: string, { operatorId, status }: SupportRequest) =>
  operatorId === self && (status === "waiting" || status === "accepted");

function Requests(props: SupportRequestsProps): JSX.Element {
  const { page, requests } = props;
  const { support: t } = page.t.privacy;
  return (
    <DataTable
      page={page}
      caption={t.title}
      rows={requests}
      columns={[
        { key: "who", header: t.who, card: "title", text: ({ operatorName }) => operatorName },
        { key: "reason", header: t.reason, text: ({ reason }) => reason },
        { key: "asked", header: t.asked, cell: ({ askedAt }) => <Ago page={page} at={askedAt} /> },
        { key: "for", header: t.forMinutes, text: ({ minutes }) => t.minutes(minutes) },
        {
          key: "until",
          header: t.until,
          cell: ({ endedAt, expiresAt }) => {
            const until = endedAt ?? expiresAt;
            return until === null ? "" : <Instant page={page} at={until} />;
          },
        },
        {
          key: "status",
          header: t.status,
          card: "status",
          cell: ({ status }) => <SupportState page={page} status={status} />,
        },
        {
          key: "act",
          header: page.t.table.actions,
          headerHidden: true,
          cell: (request) => <Acts {...props} request={request} />,
        },
      ]}
    />
  );
}

function Acts(props: SupportRequestsProps & { request: SupportRequest }): JSX.Element {
  const { page, request, id } = props;
  const { support: t } = page.t.privacy;
  if (!isOpenOf(props.self, request)) return "";
  const at = `/hospitals/${id}/support/${request.id}`;
  return (
    <div class="row-actions">
      {request.status === "accepted" && !props.away ? (
        <form method="post" action={`${at}/link`} data-hold>
          <CsrfField page={page} />
          <Button label={t.makeLink} size="small" look="primary" icon="key-round" />
        </form>
      ) : (
        ""
      )}
      <form method="post" action={`${at}/end`} data-hold>
        <CsrfField page={page} />
        <Button label={t.end} size="small" />
      </form>
    </div>
  );
}

function Ask({ page, id, form, whole }: SupportRequestsProps): JSX.Element {
  const { support: t } = page.t.privacy;
  const it = { page, form };
  return (
    <Panel title={t.ask}>
      <FormErrors
        page={page}
        form={form}
        labels={{ reason: t.reason, minutes: t.length }}
        {...(whole === undefined ? {} : { whole })}
      />
      <Form page={page} action={`/hospitals/${id}/support`}>
        <Textarea {...it} name="reason" label={t.reason} rows={2} maxlength={500} />
        <NumberInput {...it} name="minutes" label={t.length} hint={t.lengthAsk} />
        <FormActions>
          <Button label={t.ask} look="primary" icon="log-in" />
        </FormActions>
      </Form>
    </Panel>
  );
}
