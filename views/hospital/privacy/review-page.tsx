import type { GlassBreak } from "../../../server/hospital/privacy/reviews.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { recordedRoleLabel } from "../../standard-names.ts";
import { Banner } from "../../ui/banner.tsx";
import { Mrn } from "../../ui/bdi.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { RadioGroup } from "../../ui/choices.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { Textarea } from "../../ui/inputs.tsx";
import { PageHeader } from "../../ui/page-header.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { Verdict } from "./reviews-page.tsx";

/** One opening of a restricted record, and the verdict on it. */
export function ReviewPage(props: {
  page: Page;
  review: GlassBreak;
  form: FormState;
  whole?: string;
  /** Who looks is who opened it. */
  own: boolean;
  /** Where all looks at this record since that day stand; null for who may not read the audit. */
  seenHref: string | null;
}): JSX.Element {
  const { page, review, form } = props;
  const { reviews: t, glass, title } = page.t.privacy;
  const it = { page, form };
  const verdicts = (["justified", "not-justified"] as const).map((value) => ({
    value,
    label: t.states[value],
  }));
  const seen =
    props.seenHref === null ? (
      ""
    ) : (
      <LinkButton href={props.seenHref} label={t.seen} icon="eye" size="small" />
    );
  return (
    <AppLayout page={page} title={t.detail}>
      <PageHeader
        title={t.detail}
        crumbs={[
          { label: title, href: "/privacy" },
          { label: t.title, href: "/privacy/reviews" },
        ]}
        status={<Verdict page={page} review={review} />}
      />
      <Panel title={t.opening} actions={seen}>
        <DescriptionList
          page={page}
          items={[
            { term: t.who, text: `${review.userName} (${recordedRoleLabel(page, review.roleName)})` },
            { term: t.record, value: <Mrn mrn={review.mrn} /> },
            { term: t.when, value: <Instant page={page} at={review.brokenAt} /> },
            { term: t.ended, value: <Instant page={page} at={review.endedAt ?? review.expiresAt} /> },
            { term: t.reason, text: glass.reasons[review.reason] },
            { term: t.explanation, text: review.explanation },
            ...(review.reviewedAt === null
              ? []
              : [
                  { term: t.reviewedBy, text: review.reviewedByName },
                  { term: t.note, text: review.reviewNote },
                ]),
          ]}
        />
      </Panel>
      {props.own ? (
        <Banner tone="info" title={t.own} />
      ) : (
        <Panel title={review.reviewedAt === null ? t.verdictPanel : t.anotherVerdict}>
          <FormErrors
            page={page}
            form={form}
            labels={{ verdict: t.verdict, note: t.note }}
            {...(props.whole === undefined ? {} : { whole: props.whole })}
          />
          <Form page={page} action={`/privacy/reviews/${review.id}`} version={review.version}>
            <RadioGroup {...it} name="verdict" label={t.verdict} options={verdicts} inline />
            <Textarea {...it} name="note" label={t.note} hint={t.noteHint} maxlength={1000} />
            <FormActions>
              <Button label={t.save} look="primary" />
              <LinkButton href="/privacy/reviews" label={page.t.actions.cancel} />
            </FormActions>
          </Form>
        </Panel>
      )}
    </AppLayout>
  );
}
