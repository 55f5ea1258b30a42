import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Ago, Instant } from "../../ui/time.tsx";
import { asOfWords } from "./ask-pages.tsx";
import { type CommandRow, CommandsTable } from "./commands-table.tsx";

interface ServerRow {
  readonly id: string;
  readonly name: string;
  readonly address: string | null;
  readonly status: "joining" | "active" | "revoked";
  readonly lastSeenAt: Date | null;
  readonly asOf: Date | null;
}

const looks = {
  joining: ["info", "clock"],
  active: ["success", "circle-check"],
  revoked: ["neutral", "ban"],
} as const;

/** The servers of a hospital's own, and the token with which one joins. */
export function ServersPage(props: {
  page: Page;
  hospital: { readonly id: string; readonly name: string };
  servers: readonly ServerRow[];
  mayAdd: boolean;
  /** Its server was taken off and nobody writes at the hospital; who may take the records back sees how. */
  lost: { readonly asOf: Date | null; readonly mayTakeBack: boolean } | null;
  commands: readonly CommandRow[];
  made?: { readonly token: string; readonly command: string };
  password?: string;
}): JSX.Element {
  const { page, hospital, servers, made } = props;
  const { onSite: t, owner } = page.t;
  return (
    <AppLayout page={page} title={t.serversTitle(hospital.name)}>
      <PageHeader
        title={t.serversTitle(hospital.name)}
        lead={t.lead}
        crumbs={[
          { label: owner.hospitals.title, href: "/hospitals" },
          { label: hospital.name, href: `/hospitals/${hospital.id}` },
        ]}
      >
        {props.mayAdd ? (
          <form method="post" action={`/hospitals/${hospital.id}/servers`} data-hold>
            <CsrfField page={page} />
            <Button label={t.makeToken} icon="plus" look="primary" />
          </form>
        ) : (
          ""
        )}
      </PageHeader>
      {made === undefined ? (
        ""
      ) : (
        <Banner tone="success" title={t.token}>
          <code dir="ltr" safe>
            {made.token}
          </code>
          <p safe>{t.run}</p>
          <code dir="ltr" safe>
            {made.command}
          </code>
        </Banner>
      )}
      {props.password === undefined ? (
        ""
      ) : (
        <Banner tone="success" title={t.password}>
          <code dir="ltr" safe>
            {props.password}
          </code>
        </Banner>
      )}
      {props.lost === null ? (
        ""
      ) : (
        <Banner tone="warning" title={t.takeBackLead} text={t.takenOffHere(asOfWords(page, props.lost.asOf))}>
          {props.lost.mayTakeBack ? (
            <LinkButton href={`/hospitals/${hospital.id}/servers/take-back`} label={t.takeBack} />
          ) : (
            ""
          )}
        </Banner>
      )}
      {servers.length === 0 ? (
        <EmptyState icon="server" title={t.none} hint={t.noneHint} />
      ) : (
        <DataTable
          page={page}
          caption={t.servers}
          rows={servers}
          faint={({ status }) => status === "revoked"}
          columns={[
            {
              key: "name",
              header: t.name,
              card: "title",
              text: ({ name, address }) => [name, address].filter(Boolean).join(" · "),
            },
            {
              key: "status",
              header: t.status,
              card: "status",
              cell: ({ status }) => {
                const [tone, icon] = looks[status];
                return <Chip tone={tone} icon={icon} label={t.statuses[status]} />;
              },
            },
            {
              key: "heard",
              header: t.heard,
              cell: ({ lastSeenAt }) => (lastSeenAt === null ? "–" : <Ago page={page} at={lastSeenAt} />),
            },
            {
              key: "as-of",
              header: t.copied,
              cell: ({ asOf }) => (asOf === null ? "–" : <Instant page={page} at={asOf} />),
            },
            {
              key: "take-off",
              header: t.takeOff,
              headerHidden: true,
              cell: ({ id, status }) =>
                props.mayAdd && status !== "revoked" ? (
                  <LinkButton
                    href={`/hospitals/${hospital.id}/servers/${id}/revocation`}
                    label={t.takeOff}
                    look="danger-quiet"
                    size="small"
                  />
                ) : (
                  ""
                ),
            },
          ]}
        />
      )}
      {props.commands.length === 0 ? (
        ""
      ) : (
        <CommandsTable page={page} tenantId={hospital.id} commands={props.commands} />
      )}
    </AppLayout>
  );
}
