import type { SecondFactorState } from "../../server/auth/second-factor.ts";
import type { Page } from "../page.ts";
import { LinkButton } from "../ui/button.tsx";
import { Chip } from "../ui/chip.tsx";
import { Panel } from "../ui/panel.tsx";

/** The second factor on one's own page: how it stands, and the way to it. */
export function FactorPanel({ page, state }: { page: Page; state: SecondFactorState }): JSX.Element {
  const { account } = page.t;
  const isOn = state.since !== null;
  return (
    <Panel
      title={account.factor}
      actions={
        <LinkButton
          href="/profile/second-factor"
          label={isOn ? account.manage : account.setUp}
          size="small"
          icon="shield-check"
        />
      }
    >
      <div class="factor-state">
        <Chip tone={isOn ? "success" : "neutral"} label={isOn ? account.factorOn : account.factorOff} />
        <p>
          {isOn ? <span class="faint" safe>{`${account.codesLeft}: `}</span> : ""}
          <span safe>{isOn ? account.codesLeftCount(state.recoveryCodesLeft) : account.factorLead}</span>
        </p>
      </div>
    </Panel>
  );
}
