import { formatNumber, formatPercent } from "../format.ts";
import type { Page } from "../page.ts";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Where the rows behind the figure are. */
  readonly href?: string;
}

interface BarsProps {
  readonly page: Pick<Page, "t" | "lang" | "dir">;
  readonly id: string;
  readonly title: string;
  /** What the picture shows, in a sentence. */
  readonly description: string;
  readonly bars: readonly Bar[];
  /** Headers of the table behind: the figure's, and the share's. */
  readonly columns: readonly [string, string];
}

const width = 400;
const rowHeight = 28;
const labelWidth = 150;
const figureWidth = 44;

/** Names with a figure each, as lying bars drawn here as SVG, and the same in a table behind. */
export function Bars(props: BarsProps): JSX.Element {
  const { page, bars } = props;
  const top = Math.max(1, ...bars.map((bar) => bar.value));
  const room = width - labelWidth - figureWidth;
  const rtl = page.dir === "rtl";
  const x = (from: number, length = 0) => (rtl ? width - from - length : from);
  const height = Math.max(1, bars.length) * rowHeight;
  return (
    <figure class="chart">
      <svg
        class="chart-bars"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-labelledby={`${props.id}-title ${props.id}-desc`}
      >
        <title id={`${props.id}-title`} safe>
          {props.title}
        </title>
        <desc id={`${props.id}-desc`} safe>
          {props.description}
        </desc>
        {bars.map((bar, index) => {
          const long = Math.round((bar.value / top) * room);
          const middle = index * rowHeight + rowHeight / 2;
          return (
            <>
              <text
                class="chart-label"
                x={x(labelWidth - 8)}
                y={middle}
                text-anchor={rtl ? "start" : "end"}
                dominant-baseline="central"
                direction={rtl ? "ltr" : undefined}
                safe
              >
                {shortened(bar.label)}
              </text>
              <rect
                class="chart-bar"
                x={x(labelWidth, long)}
                y={index * rowHeight + 6}
                width={Math.max(bar.value > 0 ? 2 : 0, long)}
                height={rowHeight - 12}
                rx="2"
              />
              <text
                class="chart-label"
                x={x(labelWidth + long + 6)}
                y={middle}
                text-anchor={rtl ? "end" : "start"}
                dominant-baseline="central"
                direction={rtl ? "ltr" : undefined}
                safe
              >
                {formatNumber(page, bar.value)}
              </text>
            </>
          );
        })}
      </svg>
      <BarsTable {...props} />
    </figure>
  );
}

function BarsTable({ page, bars, title, columns }: BarsProps): JSX.Element {
  const total = bars.reduce((sum, bar) => sum + bar.value, 0);
  return (
    <details class="chart-data">
      <summary safe>{page.t.table.dataBehind}</summary>
      <table class="table">
        <caption class="sr-only" safe>
          {title}
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="sr-only" safe>
                {title}
              </span>
            </th>
            {columns.map((column) => (
              <th scope="col" class="figures" safe>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr>
              <th scope="row">
                {bar.href === undefined ? (
                  <bdi safe>{bar.label}</bdi>
                ) : (
                  <a href={bar.href}>
                    <bdi safe>{bar.label}</bdi>
                  </a>
                )}
              </th>
              <td class="figures" safe>
                {formatNumber(page, bar.value)}
              </td>
              <td class="figures" safe>
                {formatPercent(page, total === 0 ? 0 : bar.value / total)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** What is cut here stands whole in the table. */
function shortened(label: string): string {
  const letters = [...label];
  return letters.length > 22 ? `${letters.slice(0, 21).join("")}…` : label;
}
