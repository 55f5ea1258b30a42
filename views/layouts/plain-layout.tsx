import type { Children } from "@kitajs/html";
import type { Page } from "../page.ts";
import { ToastRegion } from "../ui/toast.tsx";
import { Document } from "./document.tsx";
import { Mark } from "./menu.tsx";
import { PreferenceForms } from "./preferences.tsx";

/** A page without a menu: sign-in, errors, the apex. `wide` where it holds more than a form. */
export function PlainLayout(props: {
  page: Page;
  title: string;
  wide?: boolean;
  children: Children;
}): JSX.Element {
  const { page } = props;
  return (
    <Document page={page} title={props.title} bodyClass="plain">
      <header class="plain-head">
        <a class="brand" href="/">
          <Mark />
          <span class="brand-name">
            <bdi safe>{page.brand.name}</bdi>
            {page.portal === "owner" ? <small safe>{page.t.shell.ownerPortal}</small> : ""}
          </span>
        </a>
      </header>
      <main id="content" class={["plain-content", props.wide === true && "plain-wide"]} tabindex="-1">
        {props.children}
      </main>
      <footer class="plain-foot">
        <PreferenceForms page={page} />
      </footer>
      <ToastRegion page={page} />
    </Document>
  );
}
