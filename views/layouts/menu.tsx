import type { MenuItem, Page } from "../page.ts";
import { DrawnOnce } from "../ui/drawn-once.ts";
import { Icon } from "../ui/icon.tsx";

/** How many entries stand in the phone's bottom bar before "more". */
const inBottomBar = 4;

/** The menus of a role are the same on every page but for where one is. */
const drawn = new DrawnOnce(500);
const said = new WeakMap<readonly MenuItem[], string>();

function madeOf(part: string, { lang, portal, brand, demo, menu }: Page): string {
  let entries = said.get(menu);
  if (entries === undefined) {
    entries = JSON.stringify(menu);
    said.set(menu, entries);
  }
  return `${part} ${lang} ${portal} ${demo} ${brand.name}\u0000${entries}`;
}

/** The sidebar: the hospital's name and at most nine entries. */
export function Sidebar(props: { page: Page }): JSX.Element {
  return drawn.draw(madeOf("sidebar", props.page), () => <SidebarMenu page={props.page} />);
}

function SidebarMenu({ page }: { page: Page }): JSX.Element {
  return (
    <div class="sidebar">
      <div class="sidebar-inner">
        <a class="brand" href="/">
          <Mark />
          <span class="brand-name">
            <bdi safe>{page.brand.name}</bdi>
            {page.portal === "owner" ? <small safe>{page.t.shell.ownerPortal}</small> : ""}
          </span>
        </a>
        <nav aria-label={page.t.nav.main}>
          <ul>
            {page.menu.map((item) => (
              <li>
                <MenuLink item={item} />
              </li>
            ))}
          </ul>
        </nav>
        {page.demo ? (
          <p class="sidebar-note" safe>
            {page.t.shell.demo}
          </p>
        ) : (
          ""
        )}
      </div>
    </div>
  );
}

/** On phones: the first four entries, and the rest under "more". */
export function BottomBar(props: { page: Page }): JSX.Element {
  return drawn.draw(madeOf("bottom", props.page), () => <BottomMenu page={props.page} />);
}

function BottomMenu({ page }: { page: Page }): JSX.Element {
  const rest = page.menu.slice(inBottomBar);
  return (
    <nav class="bottom-bar" aria-label={page.t.nav.main}>
      {page.menu.slice(0, inBottomBar).map((item) => (
        <MenuLink item={item} />
      ))}
      {rest.length === 0 ? (
        ""
      ) : (
        <details class="bottom-more" data-menu>
          <summary class={rest.some((item) => item.current) ? "menu-link is-current" : "menu-link"}>
            <Icon name="ellipsis" />
            <span safe>{page.t.nav.more}</span>
          </summary>
          <div class="menu-pop">
            {rest.map((item) => (
              <MenuLink item={item} />
            ))}
          </div>
        </details>
      )}
    </nav>
  );
}

function MenuLink(props: { item: MenuItem }): JSX.Element {
  const { item } = props;
  return (
    <a class="menu-link" href={item.href} aria-current={item.current ? "page" : undefined}>
      <Icon name={item.icon} />
      <span safe>{item.label}</span>
    </a>
  );
}

/** The product's mark: a ward's line with a pulse in it. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <rect class="mark-ground" width="24" height="24" rx="6" />
      <path class="mark-line" d="M4 13h4l2.2-6 3.6 10 2-4H20" />
    </svg>
  );
}
