import type { HealthPoint, HealthRange } from "../../../server/owner/health/history.ts";
import { formatBytes, formatDuration, formatInstant, formatNumber } from "../../format.ts";
import type { Page } from "../../page.ts";
import { type Line, LineChart } from "../../ui/line-chart.tsx";
import { Panel } from "../../ui/panel.tsx";

type Figure = "latencyMs" | "lagSeconds" | "lagRows" | "sizeBytes";

const hourMs = 3_600_000;
const backMs: Readonly<Record<HealthRange, number>> = {
  "24h": 24 * hourMs,
  "7d": 168 * hourMs,
  "30d": 720 * hourMs,
};
/** A point of the range, and half of one. */
const gapMs: Readonly<Record<HealthRange, number>> = {
  "24h": 0.375 * hourMs,
  "7d": 3 * hourMs,
  "30d": 9 * hourMs,
};

/** Answer times, lag and size over a while. */
export function HealthCharts(props: {
  page: Page;
  range: HealthRange;
  points: readonly HealthPoint[];
}): JSX.Element {
  const { page } = props;
  const { charts: t } = page.t.health;
  const both = ["primary", "copy"] as const;
  return (
    <div class="page-columns">
      <Chart
        {...props}
        figure="latencyMs"
        title={t.latency}
        sides={both}
        write={(ms) => formatDuration(page, ms)}
      />
      <Chart
        {...props}
        figure="lagSeconds"
        title={t.lag}
        sides={["copy"]}
        write={(seconds) => formatDuration(page, seconds * 1000)}
      />
      <Chart
        {...props}
        figure="sizeBytes"
        title={t.size}
        sides={both}
        write={(bytes) => formatBytes(page, bytes)}
      />
      <Chart
        {...props}
        figure="lagRows"
        title={t.rows}
        sides={["primary"]}
        write={(rows) => formatNumber(page, rows)}
      />
    </div>
  );
}

function Chart(props: {
  page: Page;
  range: HealthRange;
  points: readonly HealthPoint[];
  figure: Figure;
  title: string;
  sides: readonly ("primary" | "copy")[];
  write: (value: number) => string;
}): JSX.Element {
  const { page, range, figure, title, sides, write } = props;
  const { health: t } = page.t;
  const lines = sides
    .map(
      (side): Line => ({
        label: t.charts[side],
        points: props.points
          .filter((point) => point.side === side)
          .map((point) => ({ at: point.at, value: point[figure] })),
      }),
    )
    .filter(({ points }) => points.some(({ value }) => value !== null));
  const top = Math.max(0, ...lines.flatMap(({ points }) => points.map(({ value }) => value ?? 0)));
  return (
    <Panel title={title}>
      {lines.length === 0 ? (
        <p class="faint" safe>
          {t.charts.empty}
        </p>
      ) : (
        <LineChart
          page={page}
          id={`chart-${figure.toLowerCase()}`}
          title={title}
          description={t.charts.text(t.ranges[range], write(top))}
          lines={lines}
          from={new Date(page.now.getTime() - backMs[range])}
          to={page.now}
          gapMs={gapMs[range]}
          write={write}
          writeTime={(at) => formatInstant(page, at)}
          timeHeader={t.charts.time}
        />
      )}
    </Panel>
  );
}
