import type { Messages } from "../messages/en.ts";
import type { Page, Tone } from "../page.ts";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icons.ts";

/** Chips as they were last drawn: a list repeats the same few states on every row. */
const drawn = new Map<string, string>();
const drawnAtMost = 500;

/** A state as icon, word and colour: never by colour alone. */
export function Chip(props: { tone: Tone; icon?: IconName; label: string; title?: string }): JSX.Element {
  const { tone, label, title } = props;
  const icon = props.icon ?? toneIcons[tone];
  const key = `${tone}|${icon}|${label}`;
  const known = title === undefined ? drawn.get(key) : undefined;
  if (known !== undefined) return known;
  const markup = (
    <span class={`chip chip-${tone}`} title={title}>
      <Icon name={icon} />
      <span safe>{label}</span>
    </span>
  );
  if (title === undefined && typeof markup === "string" && drawn.size < drawnAtMost) drawn.set(key, markup);
  return markup;
}

const toneIcons: Readonly<Record<Tone, IconName>> = {
  neutral: "circle",
  info: "info",
  success: "circle-check",
  warning: "triangle-alert",
  danger: "octagon-alert",
};

/** The states of the whole product; one look each, everywhere. */
export type State = keyof Messages["states"];

const looks: Readonly<Record<State, readonly [Tone, IconName]>> = {
  active: ["success", "circle-check"],
  inactive: ["neutral", "circle"],
  invited: ["info", "mail"],
  suspended: ["warning", "pause"],
  archived: ["neutral", "archive"],
  deleted: ["neutral", "trash-2"],
  deceased: ["neutral", "ban"],
  trial: ["info", "clock"],
  pastDue: ["warning", "triangle-alert"],
  restricted: ["danger", "lock"],
  waiting: ["warning", "clock"],
  running: ["info", "loader-circle"],
  done: ["success", "circle-check"],
  failed: ["danger", "circle-x"],
  skipped: ["neutral", "circle-dashed"],
  stopped: ["neutral", "ban"],
  healthy: ["success", "heart-pulse"],
  slow: ["warning", "activity"],
  unreachable: ["danger", "wifi-off"],
  unknown: ["neutral", "circle-help"],
  pending: ["warning", "clock"],
  draft: ["neutral", "pencil"],
  critical: ["danger", "octagon-alert"],
  resolved: ["success", "check"],
  planned: ["info", "calendar"],
  inProgress: ["info", "play"],
  finished: ["success", "circle-check"],
  cancelled: ["neutral", "ban"],
};

/** The chip of a known state, the same wherever it stands. */
export function StatusChip(props: { page: Pick<Page, "t">; state: State; title?: string }): JSX.Element {
  const [tone, icon] = looks[props.state];
  const title = props.title === undefined ? {} : { title: props.title };
  return <Chip tone={tone} icon={icon} label={props.page.t.states[props.state]} {...title} />;
}
