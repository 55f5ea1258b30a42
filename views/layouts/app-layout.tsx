import type { Children } from "@kitajs/html";
import type { Page } from "../page.ts";
import { CountedBanners } from "../ui/counted-banners.tsx";
import { StandingBanner } from "../ui/standing-banner.tsx";
import { ToastRegion } from "../ui/toast.tsx";
import { Document } from "./document.tsx";
import { BottomBar, Sidebar } from "./menu.tsx";
import { TopBar } from "./top-bar.tsx";

/** A signed-in page of either portal: sidebar (a bottom bar on phones), top bar, one column of work, toasts. */
export function AppLayout(props: { page: Page; title: string; children: Children }): JSX.Element {
  const { page } = props;
  return (
    <Document page={page} title={props.title} bodyClass="app">
      <a class="skip-link" href="#content" safe>
        {page.t.shell.skipToContent}
      </a>
      <Sidebar page={page} />
      <TopBar page={page} />
      <main id="content" class="content" tabindex="-1">
        <StandingBanner page={page} />
        <CountedBanners page={page} />
        {props.children}
      </main>
      <BottomBar page={page} />
      <ToastRegion page={page} />
    </Document>
  );
}
