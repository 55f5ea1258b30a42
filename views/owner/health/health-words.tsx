import type { HealthState, HospitalHealth } from "../../../server/owner/health/health.ts";
import { formatDuration, formatNumber } from "../../format.ts";
import type { Page, Tone } from "../../page.ts";
import { Chip } from "../../ui/chip.tsx";
import type { IconName } from "../../ui/icons.ts";

const looks: Readonly<Record<HealthState, readonly [Tone, IconName]>> = {
  healthy: ["success", "heart-pulse"],
  degraded: ["warning", "activity"],
  down: ["danger", "wifi-off"],
  "no-report": ["neutral", "circle-help"],
};

/** The state of a hospital's databases, in the one look it has everywhere. */
export function HealthChip(props: { page: Page; state: HealthState }): JSX.Element {
  const [tone, icon] = looks[props.state];
  return <Chip tone={tone} icon={icon} label={props.page.t.health.states[props.state]} />;
}

/** How far the online copy is behind, in time; a dash where nobody knows. */
export function behindWords(page: Page, { copy }: HospitalHealth): string {
  return typeof copy?.lagSeconds === "number" ? formatDuration(page, copy.lagSeconds * 1000) : "–";
}

/** How many changes the online copy lacks. */
export function waitingWords(page: Page, { primary, sync }: HospitalHealth): string {
  const rows = primary?.lagRows ?? sync?.lagRows ?? null;
  return rows === null ? "–" : rows === 0 ? page.t.owner.hospitals.nothing : formatNumber(page, rows);
}
