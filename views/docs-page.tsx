import type { Page } from "./page.ts";

/** The API guide: the reader finds the document by the data of its own element. */
export function DocsPage(props: { page: Page; script: string }): JSX.Element {
  const { page } = props;
  const settings = JSON.stringify({ withDefaultFonts: false, hideClientButton: true, telemetry: false });
  return (
    <>
      {"<!doctype html>" as "safe"}
      <html lang="en" dir="ltr">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title safe>{`${page.t.nav.docs} · Wardline`}</title>
          <link rel="icon" href={page.assets["icon.svg"]} type="image/svg+xml" />
        </head>
        <body>
          <div id="api-reference" data-url="/docs/json" data-configuration={settings}></div>
          <script src={props.script}></script>
        </body>
      </html>
    </>
  );
}
