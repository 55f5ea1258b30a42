import type { User } from "../../../server/hospital/users/users-list.ts";
import type { Page } from "../../page.ts";
import { Chip } from "../../ui/chip.tsx";

const looks = {
  active: ["success", "circle-check"],
  suspended: ["warning", "pause"],
  deactivated: ["neutral", "ban"],
  invited: ["info", "mail"],
} as const;

/** Whether somebody may sign in. */
export function UserStatusChip(props: { page: Pick<Page, "t">; status: User["status"] }): JSX.Element {
  const [tone, icon] = looks[props.status];
  return <Chip tone={tone} icon={icon} label={props.page.t.staff.states[props.status]} />;
}
