import {
  dateInZone,
  formatDate,
  formatInstant,
  formatInstantFully,
  localeOf,
  type Place,
} from "../../format.ts";

export type Precision = "instant" | "day" | "month" | "year";

/** When something was, no more exactly than it was told: "12 Mar 2024, 14:05", "12 Mar 2024", "Mar 2024", "2024". */
export function formatWhen(page: Place, at: Date | null, precision: Precision | null): string {
  if (at === null) return page.t.clinical.unknownTime;
  if (precision === "year" || precision === "month") {
    const month = precision === "month" ? ({ month: "short" } as const) : {};
    return new Intl.DateTimeFormat(localeOf(page.lang), {
      year: "numeric",
      ...month,
      timeZone: page.zone,
    }).format(at);
  }
  return precision === "day" ? formatDate(page, dateInZone(page.zone, at)) : formatInstant(page, at);
}

/** The same as an element; an instant says its zone on hover. */
export function When(props: { page: Place; at: Date | null; precision: Precision | null }): JSX.Element {
  const { page, at, precision } = props;
  if (at === null)
    return (
      <span class="faint" safe>
        {page.t.clinical.unknownTime}
      </span>
    );
  const exact = precision === null || precision === "instant";
  return (
    <time
      datetime={exact ? at.toISOString() : dateInZone(page.zone, at)}
      title={exact ? formatInstantFully(page, at) : undefined}
      safe
    >
      {formatWhen(page, at, precision)}
    </time>
  );
}
