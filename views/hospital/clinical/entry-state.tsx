import type { Messages } from "../../messages/en.ts";
import type { Page, Tone } from "../../page.ts";
import { Chip } from "../../ui/chip.tsx";

type EntryState = keyof Messages["clinical"]["states"];

const tones: Partial<Record<EntryState, Tone>> = {
  active: "info",
  recurrence: "warning",
  relapse: "warning",
  "entered-in-error": "danger",
  "in-progress": "info",
  arrived: "info",
  triaged: "info",
  planned: "info",
  preliminary: "warning",
  registered: "warning",
  unconfirmed: "warning",
  provisional: "warning",
  "on-hold": "warning",
  final: "success",
  finished: "success",
  completed: "success",
  resolved: "success",
};

/** The state of an entry of the record, by its FHIR code. */
export function EntryState(props: { page: Pick<Page, "t">; state: EntryState }): JSX.Element {
  return <Chip tone={tones[props.state] ?? "neutral"} label={props.page.t.clinical.states[props.state]} />;
}

/** Whether an entry was a mistake: it stays in sight, fainter. */
export const wasMistake = (entry: {
  readonly status?: string;
  readonly verificationStatus?: string | null;
}) => entry.status === "entered-in-error" || entry.verificationStatus === "entered-in-error";
