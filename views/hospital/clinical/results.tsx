import type { Observation, VitalSeries } from "../../../server/hospital/observations/observations.ts";
import { dateInZone, formatClock, formatDate, formatInstant, type Place } from "../../format.ts";
import { Sparkline } from "../../ui/chart.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Stat, Stats } from "../../ui/stat.tsx";
import { EntryState, wasMistake } from "./entry-state.tsx";
import { Flag, Measured, rangeText } from "./measured.tsx";
import { plainName } from "./names.ts";
import { formatMeasure, formatUnit } from "./units.ts";

/** Pressure, pulse, breathing, temperature, oxygen, weight, height, body mass: the order in which they are read out. */
const readOut = [
  ...["8480-6", "8462-4", "8867-4", "9279-1", "8310-5", "8331-1", "59408-5", "2708-6"],
  ...["29463-7", "3141-9", "8302-2", "39156-5"],
];

function rank(series: VitalSeries): number {
  const place = readOut.indexOf(series.code);
  return place < 0 ? readOut.length : place;
}

/** The vital signs that were measured more than once: the latest value, and a line of those before. */
export function Vitals(props: { page: Place; vitals: readonly VitalSeries[] }): JSX.Element {
  const { page, vitals } = props;
  if (vitals.length === 0) return "";
  return (
    <Panel title={page.t.clinical.vitals}>
      <Stats>
        {vitals
          .toSorted((left, right) => rank(left) - rank(right))
          .map((series, index) => (
            <Vital page={page} series={series} id={`vital-${index}`} />
          ))}
      </Stats>
    </Panel>
  );
}

function Vital(props: { page: Place; series: VitalSeries; id: string }): JSX.Element {
  const { page, series, id } = props;
  const last = series.points.at(-1);
  const value = last === undefined ? "" : formatMeasure(page, String(last.value));
  return (
    <Stat
      label={series.display}
      value={[value, formatUnit(series.unit)].filter(Boolean).join(" ")}
      {...(last === undefined ? {} : { note: formatInstant(page, last.at) })}
    >
      <Sparkline
        page={page}
        id={id}
        title={series.display}
        description={page.t.clinical.vitalsDescription(series.display, series.points.length)}
        points={series.points.map(({ at, value: figure }) => ({
          label: formatInstant(page, at),
          value: figure,
        }))}
      />
    </Stat>
  );
}

/** Results day by day, the latest first; what was taken together stands together. */
export function Results(props: { page: Place; observations: readonly Observation[] }): JSX.Element {
  const { page } = props;
  return (
    <>
      {byDay(page, props.observations).map(([day, rows]) => (
        <Panel title={day === "" ? page.t.clinical.unknownTime : formatDate(page, day)} flush>
          <DataTable
            page={page}
            caption={page.t.clinical.tabs.results}
            columns={resultColumns(page, rows)}
            rows={rows}
            faint={wasMistake}
          />
        </Panel>
      ))}
    </>
  );
}

function byDay(page: Place, rows: readonly Observation[]): readonly (readonly [string, Observation[]])[] {
  const days = new Map<string, Observation[]>();
  for (const row of rows) {
    const day = row.at === null ? "" : dateInZone(page.zone, row.at);
    const found = days.get(day);
    if (found === undefined) days.set(day, [row]);
    else found.push(row);
  }
  return [...days];
}

const flagColumn = (page: Place): Column<Observation> => ({
  key: "flag",
  header: page.t.clinical.flag,
  cell: (row) => <Flag page={page} interpretation={row.interpretation} />,
});

const rangeColumn = (page: Place): Column<Observation> => ({
  key: "range",
  header: page.t.clinical.range,
  minor: true,
  text: (row) => rangeText(page, row),
});

/** Columns that no row of the day has anything for are left out. */
const resultColumns = (page: Place, rows: readonly Observation[]): readonly Column<Observation>[] => [
  { key: "test", header: page.t.clinical.test, card: "title", text: (row) => plainName(row.display) },
  {
    key: "value",
    header: page.t.clinical.value,
    cell: (row) => <Measured page={page} observation={row} />,
  },
  ...(rows.some(({ interpretation }) => interpretation !== null) ? [flagColumn(page)] : []),
  ...(rows.some((row) => rangeText(page, row) !== "") ? [rangeColumn(page)] : []),
  { key: "kind", header: page.t.clinical.kind, minor: true, text: (row) => categoryName(page, row.category) },
  {
    key: "at",
    header: page.t.clinical.when,
    minor: true,
    text: (row) => (row.at === null || row.atPrecision !== "instant" ? "" : formatClock(page, row.at)),
  },
  {
    key: "status",
    header: page.t.clinical.status,
    card: "status",
    cell: (row) => <EntryState page={page} state={row.status} />,
  },
];

function categoryName(page: Place, category: string | null): string {
  const names: Readonly<Record<string, string>> = page.t.clinical.categories;
  return category === null ? "" : (names[category] ?? category);
}
