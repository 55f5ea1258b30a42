import type { Children } from "@kitajs/html";
import { formatAgo, formatClock, formatNumber } from "../format.ts";
import { languages } from "../messages/catalogue.ts";
import { type Page, preferencesPath, type SyncChip, signOutPath, type Theme, type Tone } from "../page.ts";
import { Chip } from "../ui/chip.tsx";
import { DrawnOnce } from "../ui/drawn-once.ts";
import { CsrfField } from "../ui/form.tsx";
import { Icon } from "../ui/icon.tsx";
import type { IconName } from "../ui/icons.ts";

/** The bar over every page: search, where the rows stand, notifications, the person. */
export function TopBar(props: { page: Page }): JSX.Element {
  const { page } = props;
  return (
    <header class="top-bar">
      {page.search === null ? <span class="top-search"></span> : <Search page={page} search={page.search} />}
      <div class="top-end">
        {page.syncChip === null ? "" : <Sync page={page} chip={page.syncChip} />}
        {page.notices === null ? "" : <Notices page={page} notices={page.notices} />}
        {page.person === null ? "" : <PersonMenu page={page} person={page.person} />}
      </div>
    </header>
  );
}

/** The search that is empty is the same on every page. */
const searches = new DrawnOnce(100);

function Search(props: { page: Page; search: NonNullable<Page["search"]> }): JSX.Element {
  const { action, label, value } = props.search;
  return searches.draw(`${props.page.lang} ${action} ${label}\u0000${value}`, () => (
    <SearchForm {...props} />
  ));
}

function SearchForm(props: { page: Page; search: NonNullable<Page["search"]> }): JSX.Element {
  const { search } = props;
  return (
    <search class="top-search">
      <form method="get" action={search.action}>
        <Icon name="search" />
        <input
          class="input"
          type="search"
          name="search"
          value={search.value}
          aria-label={search.label}
          placeholder={search.label}
          title={props.page.t.shell.searchShortcut}
          aria-keyshortcuts="/ Control+K"
          autocomplete="off"
          spellcheck="false"
          dir="auto"
          data-search
        />
        <span class="kbd" aria-hidden="true">
          /
        </span>
      </form>
    </search>
  );
}

const syncLooks: Readonly<Record<SyncChip["state"], readonly [Tone, IconName]>> = {
  copied: ["success", "cloud-check"],
  behind: ["warning", "cloud-upload"],
  offline: ["warning", "cloud-off"],
  off: ["neutral", "database"],
};

/** The same for a whole hospital, until the next copy or minute. */
const syncChips = new DrawnOnce(500);

function Sync(props: { page: Page; chip: SyncChip }): JSX.Element {
  const { page, chip } = props;
  const minute = Math.floor(page.now.getTime() / 60_000);
  const madeOf = JSON.stringify([page.lang, page.zone, minute, chip]);
  return syncChips.draw(madeOf, () => <DrawnSync page={page} chip={chip} />);
}

function DrawnSync(props: { page: Page; chip: SyncChip }): JSX.Element {
  const { page, chip } = props;
  const { sync } = page.t;
  const [tone, icon] = syncLooks[chip.state];
  const label = syncLabel(page, chip);
  const title = chip.copiedAt === null ? sync.neverCopied : sync.copiedAt(formatAgo(page, chip.copiedAt));
  const inside = <Chip tone={tone} icon={icon} label={label} title={title} />;
  return chip.href === null ? (
    <span class="sync-chip">{inside}</span>
  ) : (
    <a class="sync-chip" href={chip.href}>
      {inside}
    </a>
  );
}

function syncLabel(page: Page, { state, copiedAt, pendingRows }: SyncChip): string {
  const { sync } = page.t;
  if (state === "behind") return sync.behind(pendingRows);
  if (state === "offline" || copiedAt === null) return state === "offline" ? sync.offline : sync.off;
  return state === "copied" ? sync.copied(formatClock(page, copiedAt)) : sync.off;
}

function Notices(props: { page: Page; notices: NonNullable<Page["notices"]> }): JSX.Element {
  const { page, notices } = props;
  const words =
    notices.unread > 0
      ? `${page.t.shell.notifications}: ${page.t.shell.unread(notices.unread)}`
      : page.t.shell.notifications;
  return (
    <a class="btn btn-ghost btn-icon notices" href={notices.href} aria-label={words} title={words}>
      <Icon name="bell" />
      {notices.unread > 0 ? (
        <span class="notices-count" safe>
          {formatNumber(page, notices.unread)}
        </span>
      ) : (
        ""
      )}
    </a>
  );
}

/** Of one person on one page the menu stays as it is. */
const personMenus = new DrawnOnce(500);

interface PersonMenuProps {
  readonly page: Page;
  readonly person: NonNullable<Page["person"]>;
}

function PersonMenu(props: PersonMenuProps): JSX.Element {
  const { lang, theme, path, csrf, profileHref } = props.page;
  const madeOf = JSON.stringify([lang, theme, path, csrf, profileHref, props.person]);
  return personMenus.draw(madeOf, () => <OpenPersonMenu {...props} />);
}

function OpenPersonMenu({ page, person }: PersonMenuProps): JSX.Element {
  return (
    <details class="person-menu" data-menu>
      <summary>
        <span class="sr-only" safe>
          {page.t.shell.personMenu(person.name)}
        </span>
        <span class="avatar" aria-hidden="true" safe>
          {initialsOf(person.name)}
        </span>
        <Icon name="chevron-down" />
      </summary>
      <div class="menu-pop">
        <div class="person-card">
          <p class="person-name">
            <bdi safe>{person.name}</bdi>
          </p>
          <p class="faint">
            <bdi safe>{person.roleName}</bdi>
          </p>
          <p class="faint" dir="ltr" safe>
            {person.email}
          </p>
        </div>
        <PreferenceForms page={page} />
        <div class="menu-pop-end">
          {page.profileHref === null ? (
            ""
          ) : (
            <a class="menu-link" href={page.profileHref}>
              <Icon name="user" />
              <span safe>{page.t.nav.profile}</span>
            </a>
          )}
          <form method="post" action={signOutPath}>
            <CsrfField page={page} />
            <button class="menu-link" type="submit">
              <Icon name="log-out" />
              <span safe>{page.t.actions.signOut}</span>
            </button>
          </form>
        </div>
      </div>
    </details>
  );
}

const themes: readonly (readonly [Theme, "themeLight" | "themeDark" | "themeSystem", IconName])[] = [
  ["light", "themeLight", "sun"],
  ["dark", "themeDark", "moon"],
  ["system", "themeSystem", "monitor"],
];

/** Language and appearance, as buttons of two POST forms: they work without script, signed in or not. */
export function PreferenceForms(props: { page: Page }): JSX.Element {
  const { page } = props;
  return (
    <div class="preferences">
      <PreferenceForm page={page} label={page.t.shell.language}>
        {languages.map((language) => (
          <button
            type="submit"
            name="language"
            value={language.code}
            lang={language.code}
            aria-pressed={String(language.code === page.lang)}
            safe
          >
            {language.name}
          </button>
        ))}
      </PreferenceForm>
      <PreferenceForm page={page} label={page.t.shell.theme}>
        {themes.map(([theme, key, icon]) => (
          <button type="submit" name="theme" value={theme} aria-pressed={String(theme === page.theme)}>
            <Icon name={icon} />
            <span safe>{page.t.shell[key]}</span>
          </button>
        ))}
      </PreferenceForm>
    </div>
  );
}

function PreferenceForm(props: { page: Page; label: string; children: Children }): JSX.Element {
  return (
    <form class="preference" method="post" action={preferencesPath} aria-label={props.label}>
      <CsrfField page={props.page} />
      <input type="hidden" name="returnTo" value={props.page.path} />
      <p class="preference-label" safe>
        {props.label}
      </p>
      <div class="segments">{props.children}</div>
    </form>
  );
}

function initialsOf(name: string): string {
  const words = name
    .replace(/^(Dr|Prof|Mr|Mrs|Ms|Miss)\.?\s+/i, "")
    .trim()
    .split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => Array.from(word ?? "")[0] ?? "")
    .join("")
    .toUpperCase();
}
