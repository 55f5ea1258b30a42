import { formatAgo, formatClock, formatNumber } from "../format.ts";
import type { Page, SyncChip, Tone } from "../page.ts";
import { Chip } from "../ui/chip.tsx";
import { DrawnOnce } from "../ui/drawn-once.ts";
import { Icon } from "../ui/icon.tsx";
import type { IconName } from "../ui/icons.ts";
import { PersonMenu } from "./person-menu.tsx";

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
