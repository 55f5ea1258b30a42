import type { Children } from "@kitajs/html";
import { formatDuration } from "../format.ts";
import type { Page } from "../page.ts";
import { Button } from "./button.tsx";
import { StatusChip } from "./chip.tsx";
import { CsrfField } from "./form.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icons.ts";

export type StepStatus = "waiting" | "running" | "done" | "failed" | "skipped";

export interface Step {
  readonly key: string;
  readonly label: string;
  readonly status: StepStatus;
  readonly tookMs?: number | null;
  /** Why it failed, in plain words. */
  readonly reason?: string | null;
}

const icons: Readonly<Record<StepStatus, IconName>> = {
  waiting: "circle-dashed",
  running: "loader-circle",
  done: "circle-check",
  failed: "circle-x",
  skipped: "circle-dashed",
};

interface StepsProps {
  readonly page: Pick<Page, "t" | "lang" | "csrf">;
  readonly label: string;
  readonly steps: readonly Step[];
  /** A POST that takes up the failed step again. */
  readonly retryAction?: string;
}

/** The steps of a piece of work as they stand: the failed one with its reason and a retry. */
export function Steps(props: StepsProps): JSX.Element {
  const { page } = props;
  return (
    <ol class="steps" aria-label={props.label}>
      {props.steps.map((step) => (
        <li class={`step step-${step.status}`} aria-current={step.status === "running" ? "step" : undefined}>
          <Icon name={icons[step.status]} />
          <span class="step-label" safe>
            {step.label}
          </span>
          {typeof step.tookMs === "number" ? (
            <span class="step-took" safe>
              {page.t.steps.took(formatDuration(page, step.tookMs))}
            </span>
          ) : (
            ""
          )}
          <StatusChip page={page} state={step.status} />
          {step.status === "failed" ? <StepFailure {...props} step={step} /> : ""}
        </li>
      ))}
    </ol>
  );
}

function StepFailure(props: StepsProps & { step: Step }): JSX.Element {
  const { page, step } = props;
  return (
    <div class="step-failure">
      {step.reason === undefined || step.reason === null ? (
        ""
      ) : (
        <p safe>{`${page.t.steps.reason}: ${step.reason}`}</p>
      )}
      {props.retryAction === undefined ? (
        ""
      ) : (
        <form method="post" action={props.retryAction} data-hold>
          <CsrfField page={page} />
          <Button label={page.t.steps.retry} icon="rotate-ccw" size="small" />
        </form>
      )}
    </div>
  );
}

/** Where one stands in a form of several pages: "Step 2 of 3". */
export function WizardSteps(props: {
  page: Pick<Page, "t">;
  labels: readonly string[];
  current: number;
}): JSX.Element {
  return (
    <ol class="wizard-steps" aria-label={props.page.t.steps.step(props.current + 1, props.labels.length)}>
      {props.labels.map((label, index) => (
        <li
          class={index < props.current ? "is-done" : undefined}
          aria-current={index === props.current ? "step" : undefined}
        >
          <span class="wizard-number" aria-hidden="true">
            {index < props.current ? <Icon name="check" /> : index + 1}
          </span>
          <span safe>{label}</span>
        </li>
      ))}
    </ol>
  );
}

/** A part of the page that the server keeps current over Server-Sent Events; each unnamed message replaces its inside, `close` ends it. */
export function Live(props: { id: string; src: string; children: Children }): JSX.Element {
  return (
    <div
      id={props.id}
      class="live"
      aria-live="polite"
      hx-sse_connect={props.src}
      hx-sse_close="close"
      hx-swap="innerHTML"
    >
      {props.children}
    </div>
  );
}
