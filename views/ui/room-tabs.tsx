import type { Page } from "../page.ts";
import { Tabs } from "./tabs.tsx";

/** The pages that share a menu entry with the one that is open; nothing where it stands alone. */
export function RoomTabs({ page }: { page: Page }): JSX.Element {
  const entry = page.menu.find((item) => item.current);
  const rooms = entry?.rooms ?? [];
  if (entry === undefined || rooms.length < 2) return "";
  return <Tabs page={page} label={entry.label} tabs={rooms} />;
}
