import type { Children } from "@kitajs/html";
import type { Page } from "../page.ts";
import { csrfHeader } from "../page.ts";
import { DrawnOnce } from "../ui/drawn-once.ts";

// `_` stands for htmx's `:`, which JSX cannot always parse. Its indicator styles are in our own CSS: the
// Content-Security-Policy allows no inline style.
const htmxConfig = JSON.stringify({ metaCharacter: "_", includeIndicatorCSS: false, extensions: "sse" });

/** The pages of one title, hospital and theme share their head. */
const heads = new DrawnOnce(500);
const madeOf = ({ lang, theme, brand }: Page, title: string) =>
  `${lang} ${theme} ${brand.name}\u0000${title}`;

/** The frame of every page: head, language, direction, theme, styles and scripts. */
export function Document(props: {
  page: Page;
  title: string;
  /** The layout's own class, on the body. */
  bodyClass: string;
  children: Children;
}): JSX.Element {
  const { page } = props;
  const accent = page.brand.accent ?? (page.portal === "hospital" ? "teal" : "indigo");
  return (
    <>
      {"<!doctype html>" as "safe"}
      <html
        lang={page.lang}
        dir={page.dir}
        data-theme={page.theme}
        data-accent={accent}
        data-portal={page.portal}
      >
        {heads.draw(madeOf(page, props.title), () => (
          <Head page={page} title={props.title} />
        ))}
        <body class={props.bodyClass} hx-headers_inherited={JSON.stringify({ [csrfHeader]: page.csrf })}>
          {props.children}
        </body>
      </html>
    </>
  );
}

function Head({ page, title }: { page: Page; title: string }): JSX.Element {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content={page.theme === "system" ? "light dark" : page.theme} />
      <meta name="htmx-config" content={htmxConfig} />
      <title safe>{`${title} · ${page.brand.name}`}</title>
      <link rel="icon" href={page.assets["icon.svg"]} type="image/svg+xml" />
      <link
        rel="preload"
        href={page.assets["inter-latin.woff2"]}
        as="font"
        type="font/woff2"
        crossorigin="anonymous"
      />
      <link rel="stylesheet" href={page.assets["app.css"]} />
      <link rel="stylesheet" href={page.assets["languages.css"]} />
      <script src={page.assets["htmx.js"]} defer></script>
      <script src={page.assets["wardline.js"]} type="module"></script>
    </head>
  );
}
