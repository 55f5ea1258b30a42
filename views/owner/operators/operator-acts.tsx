import type { OperatorSummary } from "../../../server/owner/operators/operators.ts";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { ConfirmPage } from "../../ui/confirm.tsx";

export const operatorActs = ["suspension", "password-reset", "withdrawal"] as const;
export type OperatorAct = (typeof operatorActs)[number];

/** What is asked before an act. */
export function questionOf(page: Page, operator: OperatorSummary, act: OperatorAct) {
  const { operators: t, invite } = page.t.people;
  const words = {
    suspension: [t.suspendTitle(operator.name), t.suspendText, t.suspend],
    "password-reset": [t.resetTitle(operator.name), t.resetText, t.resetPassword],
    withdrawal: [invite.withdrawTitle(operator.name), invite.withdrawText, invite.withdraw],
  } as const;
  const [title, text, confirmLabel] = words[act];
  return { page, title, text, confirmLabel, action: `/operators/${operator.id}/${act}` };
}

/** The question before an act, where no script runs. */
export function OperatorActPage(props: {
  page: Page;
  operator: OperatorSummary;
  act: OperatorAct;
}): JSX.Element {
  const question = questionOf(props.page, props.operator, props.act);
  return (
    <AppLayout page={props.page} title={question.title}>
      <ConfirmPage {...question} cancelHref={`/operators/${props.operator.id}`} />
    </AppLayout>
  );
}
