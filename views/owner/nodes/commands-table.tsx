import { formatAgo } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { CsrfField } from "../../ui/form.tsx";

export interface CommandRow {
  readonly id: string;
  readonly kind: keyof Page["t"]["onSite"]["acts"];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly outcome: "done" | "refused" | null;
  /** Why it was refused, in the hospital's words. */
  readonly reason: string | null;
  readonly hasPassword: boolean;
}

/** What a hospital's own server was asked, newest first, and what became of it. */
export function CommandsTable(props: {
  page: Page;
  tenantId: string;
  commands: readonly CommandRow[];
}): JSX.Element {
  const { page, commands, tenantId } = props;
  const { onSite: t } = page.t;
  return (
    <section>
      <h2 safe>{t.commands}</h2>
      <DataTable
        page={page}
        caption={t.commands}
        rows={commands}
        columns={[
          { key: "act", header: t.act, card: "title", text: ({ kind }) => t.acts[kind] },
          {
            key: "asked",
            header: t.askedAt,
            text: ({ createdAt, createdBy }) => `${formatAgo(page, createdAt)} · ${createdBy}`,
          },
          {
            key: "outcome",
            header: t.outcome,
            card: "status",
            text: ({ outcome, reason }) =>
              [t.outcomes[outcome ?? "waiting"], reason].filter((part) => part !== null).join(": "),
          },
          {
            key: "password",
            header: t.showPassword,
            headerHidden: true,
            cell: ({ id, hasPassword }) =>
              hasPassword ? (
                <form method="post" action={`/hospitals/${tenantId}/servers/commands/${id}/password`}>
                  <CsrfField page={page} />
                  <Button label={t.showPassword} size="small" />
                </form>
              ) : (
                ""
              ),
          },
        ]}
      />
    </section>
  );
}
