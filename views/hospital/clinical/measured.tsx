import type { Observation } from "../../../server/hospital/observations/observations.ts";
import { formatNumber, type Place } from "../../format.ts";
import { Chip } from "../../ui/chip.tsx";
import { formatMeasure, formatUnit } from "./units.ts";

type Value = Pick<
  Observation,
  "valueNumber" | "valueComparator" | "valueUnit" | "valueText" | "absentReason" | "display"
>;

const systolic = "8480-6";
const diastolic = "8462-4";

/** A value in words: "72.5 kg", "< 5 mg/L", "Never smoker". Null where there is none. */
export function measuredText(page: Place, value: Value): string | null {
  if (value.valueNumber !== null) {
    const number = `${value.valueComparator ?? ""}${formatMeasure(page, value.valueNumber)}`;
    return [number, formatUnit(value.valueUnit)].filter(Boolean).join(" ");
  }
  return value.valueText ?? value.absentReason;
}

/** The value of an observation and of its parts; a blood pressure as it is spoken, 120/80. */
export function Measured(props: { page: Place; observation: Observation }): JSX.Element {
  const { page, observation } = props;
  const whole = measuredText(page, observation);
  const upper = observation.components.find(({ code }) => code === systolic);
  const lower = observation.components.find(({ code }) => code === diastolic);
  if (upper?.valueNumber != null && lower?.valueNumber != null) {
    // Whole millimetres: nobody reads a pressure more finely than that.
    const pair = [upper, lower].map((part) => formatNumber(page, Number(part.valueNumber))).join("/");
    return (
      <Figure
        text={[pair, formatUnit(upper.valueUnit)].filter(Boolean).join(" ")}
        exact={`${upper.valueNumber} / ${lower.valueNumber}`}
      />
    );
  }
  if (observation.components.length > 0)
    return (
      <ul class="plain-list">
        {observation.components.map((part) => (
          <li>
            <span class="faint" safe>
              {part.display}
            </span>{" "}
            <Figure text={measuredText(page, part) ?? page.t.clinical.noValue} exact={part.valueNumber} />
          </li>
        ))}
      </ul>
    );
  if (whole === null)
    return (
      <span class="faint" safe>
        {page.t.clinical.noValue}
      </span>
    );
  return <Figure text={whole} exact={observation.valueNumber} />;
}

/** A figure keeps its direction among right-to-left words; all its digits show on hover. */
function Figure(props: { text: string; exact: string | null }): JSX.Element {
  return (
    <bdi title={props.exact ?? undefined} safe>
      {props.text}
    </bdi>
  );
}

/** The range that came with a value; empty where none did. */
export function rangeText(
  page: Place,
  value: Pick<Observation, "referenceLow" | "referenceHigh" | "referenceText">,
): string {
  const { referenceLow: low, referenceHigh: high } = value;
  if (low !== null && high !== null) return `${formatMeasure(page, low)} – ${formatMeasure(page, high)}`;
  if (low !== null) return `≥ ${formatMeasure(page, low)}`;
  if (high !== null) return `≤ ${formatMeasure(page, high)}`;
  return value.referenceText ?? "";
}

const tones = {
  N: "success",
  H: "warning",
  L: "warning",
  HH: "danger",
  LL: "danger",
  A: "warning",
  AA: "danger",
} as const;

/** The flag that came with a value, as a chip. No flag, no chip: it does not mean "normal". */
export function Flag(props: { page: Place; interpretation: string | null }): JSX.Element {
  const { page, interpretation } = props;
  if (interpretation === null) return "";
  const known = Object.hasOwn(tones, interpretation) ? (interpretation as keyof typeof tones) : null;
  return (
    <Chip
      tone={known === null ? "neutral" : tones[known]}
      label={known === null ? interpretation : page.t.clinical.flags[known]}
    />
  );
}
