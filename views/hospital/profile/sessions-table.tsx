import type { OwnSession } from "../../../server/hospital/profile/profile.ts";
import type { Page } from "../../page.ts";
import { Code } from "../../ui/bdi.tsx";
import { Button } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { CsrfField } from "../../ui/form.tsx";
import { Ago, Instant } from "../../ui/time.tsx";

/** Where a person is signed in, each with a way to end it. */
export function SessionsTable({
  page,
  sessions,
}: {
  page: Page;
  sessions: readonly OwnSession[];
}): JSX.Element {
  const { t } = page;
  const { profile } = t.staff;
  return (
    <DataTable
      page={page}
      caption={profile.sessions}
      rows={sessions}
      columns={[
        {
          key: "device",
          header: profile.device,
          card: "title",
          text: (session) =>
            session.kind === "token"
              ? profile.program
              : (deviceOf(session.userAgent) ?? profile.unknownDevice),
        },
        {
          key: "address",
          header: profile.address,
          cell: (session) => <Code text={session.address ?? ""} />,
        },
        {
          key: "lastUsed",
          header: profile.lastUsed,
          cell: (session) => <Ago page={page} at={session.lastSeenAt} />,
        },
        {
          key: "since",
          header: profile.signedInAt,
          cell: (session) => <Instant page={page} at={session.createdAt} />,
        },
        {
          key: "end",
          header: t.table.actions,
          headerHidden: true,
          cell: (session) =>
            session.here ? (
              <Chip tone="success" label={profile.here} />
            ) : (
              <form method="post" action={`/profile/sessions/${session.id}/end`} data-hold>
                <CsrfField page={page} />
                <Button label={profile.endSession} size="small" />
              </form>
            ),
        },
      ]}
    />
  );
}

const browsers = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const systems = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
] as const;

/** "Firefox, Windows", as far as the browser says; null where it says nothing that is known. */
function deviceOf(userAgent: string | null): string | null {
  const found = [browsers, systems].flatMap(
    (marks) => marks.find(([mark]) => userAgent?.includes(mark) === true)?.[1] ?? [],
  );
  return found.length === 0 ? null : found.join(", ");
}
