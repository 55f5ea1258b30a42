import type { Children } from "@kitajs/html";
import type { InvitationState } from "../../../server/hospital/users/invitations.ts";
import type { User } from "../../../server/hospital/users/users-list.ts";
import { formatInstant } from "../../format.ts";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button } from "../../ui/button.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { Panel } from "../../ui/panel.tsx";

/** An invitation that has not been accepted: until when it works, and sending or withdrawing it. */
export function InvitationPanel(props: {
  page: Page;
  user: User;
  invitation: InvitationState;
  /** The way to withdraw it; empty for those who may not invite. */
  children: Children;
}): JSX.Element {
  const { page, user, invitation } = props;
  const { invite } = page.t.people;
  const expired = invitation.expiresAt <= page.now;
  return (
    <Panel title={invite.title}>
      <Banner tone={expired ? "warning" : "info"} title={expired ? invite.expired : invite.waiting} />
      <DescriptionList
        page={page}
        items={[
          {
            term: invite.sentAt,
            text: `${formatInstant(page, invitation.sentAt)} · ${invite.sends(invitation.sends)}`,
          },
          { term: invite.expiresAt, text: formatInstant(page, invitation.expiresAt) },
          { term: invite.by, text: invitation.invitedByName },
        ]}
      />
      {props.children === "" ? (
        ""
      ) : (
        <div class="form-actions">
          <form method="post" action={`/users/${user.id}/invitation`} data-hold>
            <CsrfField page={page} />
            <Button label={invite.resend} look="primary" icon="mail" />
          </form>
          {props.children}
        </div>
      )}
    </Panel>
  );
}
