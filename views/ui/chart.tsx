import type { Children } from "@kitajs/html";
import { formatNumber } from "../format.ts";
import type { Page } from "../page.ts";

export interface Point {
  readonly label: string;
  readonly value: number;
}

interface ChartProps {
  readonly page: Pick<Page, "t" | "lang">;
  readonly id: string;
  readonly title: string;
  /** What the picture shows, in a sentence. */
  readonly description: string;
  readonly points: readonly Point[];
}

const width = 240;
const height = 48;

/** A small line of a figure over time, drawn here as SVG, with its figures in a table behind. */
export function Sparkline(props: ChartProps): JSX.Element {
  const top = Math.max(1, ...props.points.map((point) => point.value));
  const gap = width / Math.max(1, props.points.length - 1);
  const path = props.points.map(
    (point, index) => `${index === 0 ? "M" : "L"}${round(index * gap)} ${round(yOf(point.value, top))}`,
  );
  const last = props.points.at(-1);
  return (
    <figure class="chart">
      <Picture {...props}>
        <path class="chart-area" d={`${path.join("")}L${width} ${height}L0 ${height}Z`} />
        <path class="chart-line" d={path.join("")} />
        {last === undefined ? (
          ""
        ) : (
          <circle class="chart-end" cx={width} cy={round(yOf(last.value, top))} r="3" />
        )}
      </Picture>
      <Behind {...props} />
    </figure>
  );
}

/** Small bars, one a point, with their figures in a table behind. */
export function SmallBars(props: ChartProps): JSX.Element {
  const top = Math.max(1, ...props.points.map((point) => point.value));
  const gap = width / Math.max(1, props.points.length);
  return (
    <figure class="chart">
      <Picture {...props}>
        {props.points.map((point, index) => (
          <rect
            class="chart-bar"
            x={round(index * gap + gap * 0.15)}
            y={round(yOf(point.value, top))}
            width={round(gap * 0.7)}
            height={round(height - yOf(point.value, top))}
          >
            <title safe>{`${point.label}: ${formatNumber(props.page, point.value, 1)}`}</title>
          </rect>
        ))}
      </Picture>
      <Behind {...props} />
    </figure>
  );
}

function Picture(props: ChartProps & { children: Children }): JSX.Element {
  return (
    <svg
      class="chart-picture"
      viewBox={`-4 -4 ${width + 8} ${height + 8}`}
      role="img"
      aria-labelledby={`${props.id}-title ${props.id}-desc`}
      preserveAspectRatio="none"
    >
      <title id={`${props.id}-title`} safe>
        {props.title}
      </title>
      <desc id={`${props.id}-desc`} safe>
        {props.description}
      </desc>
      {props.children}
    </svg>
  );
}

function Behind(props: ChartProps): JSX.Element {
  return (
    <details class="chart-data">
      <summary safe>{props.page.t.table.dataBehind}</summary>
      <table class="table">
        <caption class="sr-only" safe>
          {props.title}
        </caption>
        <tbody>
          {props.points.map((point) => (
            <tr>
              <th scope="row" safe>
                {point.label}
              </th>
              <td class="figures" safe>
                {formatNumber(props.page, point.value, 1)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function yOf(value: number, top: number): number {
  return height - (value / top) * (height - 4);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
