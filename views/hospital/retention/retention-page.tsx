import type { CleanUp, RetentionPolicy } from "../../../server/hospital/retention/retention.ts";
import { formatNumber } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CsrfField, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { NumberInput } from "../../ui/inputs.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { PrivacyLayout, type PrivacyRooms } from "../privacy/privacy-tabs.tsx";

export interface RetentionPageProps {
  readonly page: Page;
  readonly rooms: PrivacyRooms;
  readonly policies: readonly RetentionPolicy[];
  readonly runs: readonly CleanUp[];
  readonly mayEdit: boolean;
  /** The form that was refused; its prefix is the kind of record. */
  readonly refused: FormState;
  readonly whole?: string;
}

/** How long each kind of record is kept, what would go now, and what went. */
export function RetentionPage(props: RetentionPageProps): JSX.Element {
  const { page, runs } = props;
  const { retention: t } = page.t.privacy;
  const now = props.mayEdit ? (
    <form method="post" action="/privacy/retention/clean-ups" data-hold>
      <CsrfField page={page} />
      <Button label={t.runNow} size="small" />
    </form>
  ) : (
    ""
  );
  return (
    <PrivacyLayout page={page} room="retention" rooms={props.rooms} title={t.title} lead={t.lead}>
      <FormErrors
        page={page}
        form={props.refused}
        labels={{ keepDays: t.keepDays }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      {props.policies.map((policy) => (
        <Policy {...props} policy={policy} />
      ))}
      <Panel title={t.runs} actions={now} flush>
        {runs.length === 0 ? (
          <EmptyState icon="history" title={t.runsEmpty} hint={t.runsEmptyHint} />
        ) : (
          <DataTable
            page={page}
            caption={t.runs}
            rows={runs}
            columns={[
              {
                key: "started",
                header: t.started,
                card: "title",
                cell: ({ startedAt }) => <Instant page={page} at={startedAt} />,
              },
              { key: "by", header: t.took, text: ({ actorName }) => actorName },
              { key: "gone", header: t.gone, text: ({ counts }) => goneWords(page, counts) },
            ]}
          />
        )}
      </Panel>
    </PrivacyLayout>
  );
}

function goneWords(page: Page, counts: unknown): string {
  const { retention: t } = page.t.privacy;
  const names: Readonly<Record<string, string>> = t.classes;
  const rows = Object.entries(typeof counts === "object" && counts !== null ? counts : {});
  if (rows.length === 0) return t.nothingGone;
  return rows.map(([name, n]) => `${names[name] ?? name}: ${formatNumber(page, Number(n))}`).join(", ");
}

function spanOf(page: Page, days: number | null): string {
  const { retention: t } = page.t.privacy;
  if (days === null) return t.forEver;
  return days >= 730 ? t.years(Math.floor(days / 365)) : t.days(days);
}

function Policy(props: RetentionPageProps & { policy: RetentionPolicy }): JSX.Element {
  const { page, policy, refused } = props;
  const { retention: t } = page.t.privacy;
  const { recordClass, keepDays, leastDays, due } = policy;
  const form: FormState =
    refused.idPrefix === recordClass
      ? refused
      : {
          values: { keepDays: keepDays === null ? "" : String(keepDays) },
          errors: [],
          idPrefix: recordClass,
        };
  return (
    <Panel title={t.classes[recordClass]}>
      <p class="faint" safe>
        {t.hints[recordClass]}
      </p>
      <DescriptionList
        page={page}
        items={[
          { term: t.keep, text: spanOf(page, keepDays) },
          { term: t.legal, text: spanOf(page, leastDays) },
          ...(due === null ? [] : [{ term: t.due, text: formatNumber(page, due) }]),
        ]}
      />
      {props.mayEdit && due !== null ? (
        <Form page={page} action={`/privacy/retention/${recordClass}`}>
          <NumberInput
            page={page}
            form={form}
            name="keepDays"
            label={`${t.keepDays}: ${t.classes[recordClass]}`}
            hint={t.keepDaysHint(t.days(leastDays))}
            optional
          />
          <FormActions>
            <Button label={t.change} size="small" />
          </FormActions>
        </Form>
      ) : (
        ""
      )}
    </Panel>
  );
}
