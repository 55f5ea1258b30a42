import type { MailboxItem } from "../../server/mail/mailbox.ts";
import { PlainLayout } from "../layouts/plain-layout.tsx";
import type { Page } from "../page.ts";
import { LinkButton } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Panel } from "../ui/panel.tsx";
import { Ago } from "../ui/time.tsx";

/** What would have been mailed, in a demonstration: newest first, links to be followed. */
export function MailboxPage(props: { page: Page; mails: readonly MailboxItem[] }): JSX.Element {
  const { page, mails } = props;
  const { credentials } = page.t;
  const { mailbox } = credentials;
  return (
    <PlainLayout page={page} title={mailbox.title} wide>
      <h1 safe>{mailbox.title}</h1>
      <p safe>{mailbox.lead}</p>
      <div class="form-actions">
        <LinkButton href="/mailbox" label={mailbox.refresh} icon="refresh-cw" />
        <LinkButton href="/sign-in" label={credentials.backToSignIn} look="ghost" />
      </div>
      {mails.length === 0 ? (
        <EmptyState icon="mail" title={mailbox.empty} hint={mailbox.emptyText} />
      ) : (
        mails.map((mail) => <MailPanel page={page} mail={mail} />)
      )}
    </PlainLayout>
  );
}

/** One mail: its words as they are, the address in them to be followed. */
function MailPanel({ page, mail }: { page: Page; mail: MailboxItem }): JSX.Element {
  const paragraphs = mail.text.split("\n\n").filter((part) => !part.startsWith("--"));
  return (
    <Panel title={mail.subject} actions={<Ago page={page} at={mail.at} />}>
      <p class="form-section-hint">
        <span safe>{page.t.credentials.mailbox.to}</span>{" "}
        <bdi dir="ltr" safe>
          {mail.to}
        </bdi>
      </p>
      <div lang={mail.language} dir={mail.language === "ur" ? "rtl" : "ltr"}>
        {paragraphs.map((part) => (
          <Paragraph part={part} path={mail.path} />
        ))}
      </div>
    </Panel>
  );
}

function Paragraph({ part, path }: { part: string; path: string | null }): JSX.Element {
  const [first = "", ...rest] = part.split("\n");
  const second = rest.join("\n");
  if (path !== null && second.endsWith(path))
    return <LinkButton href={path} label={first.replace(/:$/, "")} look="primary" />;
  return (
    <p>
      <span safe>{first}</span>
      {second === "" ? "" : <br />}
      {second === "" ? (
        ""
      ) : (
        <strong>
          <bdi dir="ltr" safe>
            {second}
          </bdi>
        </strong>
      )}
    </p>
  );
}
