import type { Page } from "../page.ts";

export interface LinePoint {
  readonly at: Date;
  /** Null: nothing is known of that time; the line has a gap there. */
  readonly value: number | null;
}

export interface Line {
  readonly label: string;
  readonly points: readonly LinePoint[];
}

interface LineChartProps {
  readonly page: Pick<Page, "t" | "dir">;
  readonly id: string;
  readonly title: string;
  /** What the picture shows, in a sentence. */
  readonly description: string;
  /** One or two, told apart without colour too: the second is dashed. */
  readonly lines: readonly Line[];
  readonly from: Date;
  readonly to: Date;
  /** Longer than this between two points is a gap. */
  readonly gapMs: number;
  readonly write: (value: number) => string;
  readonly writeTime: (at: Date) => string;
  readonly timeHeader: string;
}

const width = 600;
const height = 140;

/** Figures over time as lines, drawn here as SVG, with the same in a table behind. Time runs as the page is read. */
export function LineChart(props: LineChartProps): JSX.Element {
  const { page, id, from, to, lines } = props;
  const values = lines.flatMap(({ points }) =>
    points.flatMap(({ value }) => (value === null ? [] : [value])),
  );
  const top = Math.max(...values, 0) || 1;
  const across = (at: Date) => {
    const x = ((at.getTime() - from.getTime()) / (to.getTime() - from.getTime())) * width;
    return round(page.dir === "rtl" ? width - x : x);
  };
  const up = (value: number) => round(height - (value / top) * (height - 6));
  return (
    <figure class="chart">
      <p class="chart-top faint" safe>
        {props.write(top)}
      </p>
      <svg
        class="chart-lines"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
        preserveAspectRatio="none"
      >
        <title id={`${id}-title`} safe>
          {props.title}
        </title>
        <desc id={`${id}-desc`} safe>
          {props.description}
        </desc>
        <path class="chart-axis" d={`M0 ${height}H${width}M0 ${height / 2}H${width}M0 6H${width}`} />
        {lines.map(({ points }, index) => (
          <path
            class={["chart-line", index > 0 && "chart-line-second"]}
            d={pathOf(points, props.gapMs, across, up)}
          />
        ))}
      </svg>
      <div class="chart-ends faint">
        <span safe>{props.writeTime(from)}</span>
        {lines.length < 2 ? (
          ""
        ) : (
          <span class="chart-legend">
            {lines.map(({ label }, index) => (
              <span class={["chart-key", index > 0 && "chart-key-second"]} safe>
                {label}
              </span>
            ))}
          </span>
        )}
        <span safe>{props.writeTime(to)}</span>
      </div>
      <Behind {...props} />
    </figure>
  );
}

function pathOf(
  points: readonly LinePoint[],
  gapMs: number,
  across: (at: Date) => number,
  up: (value: number) => number,
): string {
  let path = "";
  let before: Date | null = null;
  for (const { at, value } of points) {
    if (value === null) {
      before = null;
      continue;
    }
    const joined = before !== null && at.getTime() - before.getTime() <= gapMs;
    // A point between two gaps is a dot.
    path += joined ? `L${across(at)} ${up(value)}` : `M${across(at)} ${up(value)}h0.01`;
    before = at;
  }
  return path;
}

function Behind(props: LineChartProps): JSX.Element {
  const times = [
    ...new Set(props.lines.flatMap(({ points }) => points.map(({ at }) => at.getTime()))),
  ].sort();
  const figures = props.lines.map(
    ({ points }) => new Map(points.map(({ at, value }) => [at.getTime(), value])),
  );
  return (
    <details class="chart-data">
      <summary safe>{props.page.t.table.dataBehind}</summary>
      <div class="table-wrap">
        <table class="table">
          <caption class="sr-only" safe>
            {props.title}
          </caption>
          <thead>
            <tr>
              <th scope="col" safe>
                {props.timeHeader}
              </th>
              {props.lines.map(({ label }) => (
                <th scope="col" class="figures" safe>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((time) => (
              <tr>
                <th scope="row" safe>
                  {props.writeTime(new Date(time))}
                </th>
                {figures.map((known) => {
                  const value = known.get(time) ?? null;
                  return (
                    <td class="figures" safe>
                      {value === null ? "–" : props.write(value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
