import type { Children } from "@kitajs/html";
import { formatInstant } from "../format.ts";
import type { Page } from "../page.ts";
import { Document } from "./document.tsx";

/** A page made for paper: letterhead, content, and who printed it when. Always dark on light. */
export function PrintLayout(props: {
  page: Page;
  title: string;
  size?: "a4" | "a5" | "receipt" | "label";
  children: Children;
}): JSX.Element {
  const { page } = props;
  return (
    <Document
      page={{ ...page, theme: "light" }}
      title={props.title}
      bodyClass={`print print-${props.size ?? "a4"}`}
    >
      <header class="print-head">
        <p class="print-brand">
          <bdi safe>{page.brand.name}</bdi>
        </p>
        <h1 safe>{props.title}</h1>
      </header>
      <main id="content">{props.children}</main>
      <footer class="print-foot">
        <span safe>{formatInstant(page, page.now)}</span>
        {page.person === null ? "" : <bdi safe>{page.person.name}</bdi>}
      </footer>
    </Document>
  );
}
