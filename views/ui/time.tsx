import { formatAgo, formatDate, formatInstant, formatInstantFully, type Place } from "../format.ts";

/** "14 min ago", the full instant in the hospital's zone on hover. Null: `never` (else "Never"). */
export function Ago(props: { page: Place; at: Date | string | null; never?: string }): JSX.Element {
  const { page, at } = props;
  if (at === null) return <span safe>{props.never ?? page.t.dates.never}</span>;
  return (
    <time datetime={new Date(at).toISOString()} title={formatInstantFully(page, at)} data-ago safe>
      {formatAgo(page, at)}
    </time>
  );
}

/** An instant in full: "12 Mar 2024, 14:05". */
export function Instant(props: { page: Place; at: Date | string }): JSX.Element {
  return (
    <time datetime={new Date(props.at).toISOString()} title={formatInstantFully(props.page, props.at)} safe>
      {formatInstant(props.page, props.at)}
    </time>
  );
}

/** The time left until an instant, counted down by the page's script; without one, the instant. At its end the page is asked for anew. */
export function TimeLeft(props: { page: Place; until: Date }): JSX.Element {
  const { page, until } = props;
  return (
    <time
      datetime={until.toISOString()}
      title={formatInstantFully(page, until)}
      data-until={String(page.now.getTime())}
      dir="ltr"
      safe
    >
      {formatInstant(page, until)}
    </time>
  );
}

/** A calendar date: "12 Mar 2024". */
export function Day(props: { page: Place; date: string }): JSX.Element {
  return (
    <time datetime={props.date.slice(0, 10)} safe>
      {formatDate(props.page, props.date)}
    </time>
  );
}
