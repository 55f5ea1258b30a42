import type { OperatorSummary } from "../../../server/owner/operators/operators.ts";
import type { Page } from "../../page.ts";
import { Chip } from "../../ui/chip.tsx";

const looks = {
  active: ["success", "circle-check"],
  suspended: ["warning", "pause"],
  invited: ["info", "mail"],
} as const;

/** Whether somebody comes in: as a chip. */
export function OperatorStatus({
  page,
  status,
}: {
  page: Page;
  status: OperatorSummary["status"];
}): JSX.Element {
  const [tone, icon] = looks[status];
  return <Chip tone={tone} icon={icon} label={page.t.people.operators.states[status]} />;
}
