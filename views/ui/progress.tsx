import { formatDuration, formatNumber, formatPercent } from "../format.ts";
import type { Page } from "../page.ts";
import { Button } from "./button.tsx";
import { CsrfField } from "./form.tsx";

export interface ProgressProps {
  readonly page: Pick<Page, "t" | "lang" | "csrf">;
  readonly id: string;
  /** What is being done: "Importing records". */
  readonly label: string;
  readonly done: number;
  /** Null while it is not yet known. */
  readonly total: number | null;
  readonly msLeft?: number | null;
  /** A POST that stops the work. */
  readonly stopAction?: string;
}

/** Long work: a bar, a count, the time left and a stop. */
export function Progress(props: ProgressProps): JSX.Element {
  const { page, id, done, total } = props;
  const words = [countWords(props)];
  if (total !== null && total > 0) words.push(page.t.progress.percent(formatPercent(page, done / total)));
  if (typeof props.msLeft === "number" && props.msLeft > 0)
    words.push(page.t.progress.timeLeft(formatDuration(page, props.msLeft)));
  return (
    <div class="progress-block" id={id}>
      <div class="progress-head">
        <p class="progress-label" id={`${id}-label`} safe>
          {props.label}
        </p>
        {props.stopAction === undefined ? (
          ""
        ) : (
          <form method="post" action={props.stopAction} data-hold>
            <CsrfField page={page} />
            <Button label={page.t.actions.stop} size="small" icon="ban" />
          </form>
        )}
      </div>
      <progress
        class="progress-bar"
        max={total ?? undefined}
        value={total === null ? undefined : done}
        aria-labelledby={`${id}-label`}
      ></progress>
      <p class="progress-words" safe>
        {words.join(" · ")}
      </p>
    </div>
  );
}

function countWords(props: ProgressProps): string {
  const done = formatNumber(props.page, props.done);
  return props.total === null
    ? done
    : props.page.t.progress.ofTotal(done, formatNumber(props.page, props.total));
}

/** How much of a limit is used, as a thin bar with its words: "82 of 100". Warns from 80%, and at the limit. */
export function Meter(props: {
  page: Pick<Page, "t" | "lang">;
  label: string;
  used: number;
  limit: number | null;
}): JSX.Element {
  const { page, used, limit } = props;
  if (limit === null) return <span safe>{formatNumber(page, used)}</span>;
  const share = limit === 0 ? 1 : used / limit;
  const look = share >= 1 ? "meter-full" : share >= 0.8 ? "meter-high" : "";
  return (
    <span class={["meter", look]}>
      <progress
        class="progress-bar"
        max={limit}
        value={Math.min(used, limit)}
        aria-label={props.label}
      ></progress>
      <span safe>{page.t.progress.ofTotal(formatNumber(page, used), formatNumber(page, limit))}</span>
    </span>
  );
}
