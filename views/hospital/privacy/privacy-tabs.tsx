import type { Children } from "@kitajs/html";
import { AppLayout } from "../../layouts/app-layout.tsx";
import type { Page } from "../../page.ts";
import { PageHeader } from "../../ui/page-header.tsx";
import { Tabs } from "../../ui/tabs.tsx";

export type PrivacyRoom = "overview" | "reviews" | "retention" | "support";

/** Which rooms of the privacy pages this person may enter. */
export type PrivacyRooms = Readonly<Record<Exclude<PrivacyRoom, "overview">, boolean>>;

const rooms = ["reviews", "retention", "support"] as const;

/** One of the privacy pages, with the way to the others. */
export function PrivacyLayout(props: {
  page: Page;
  room: PrivacyRoom;
  rooms: PrivacyRooms;
  title: string;
  lead?: string;
  actions?: Children;
  children: Children;
}): JSX.Element {
  const { page, room } = props;
  const { tabs } = page.t.privacy;
  const shown: readonly PrivacyRoom[] = ["overview", ...rooms.filter((one) => props.rooms[one])];
  return (
    <AppLayout page={page} title={props.title}>
      <PageHeader title={props.title} {...(props.lead === undefined ? {} : { lead: props.lead })}>
        {props.actions ?? ""}
      </PageHeader>
      <Tabs
        page={page}
        label={tabs.label}
        tabs={shown.map((one) => ({
          href: one === "overview" ? "/privacy" : `/privacy/${one}`,
          label: tabs[one],
          current: one === room,
        }))}
      />
      {props.children}
    </AppLayout>
  );
}
