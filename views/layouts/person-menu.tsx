import { type Page, signOutPath } from "../page.ts";
import { DrawnOnce } from "../ui/drawn-once.ts";
import { CsrfField } from "../ui/form.tsx";
import { Icon } from "../ui/icon.tsx";
import { PreferenceForms } from "./preferences.tsx";

/** Of one person on one page the menu stays as it is. */
const personMenus = new DrawnOnce(500);

interface PersonMenuProps {
  readonly page: Page;
  readonly person: NonNullable<Page["person"]>;
}

/** Who is signed in, their preferences, and the way out. */
export function PersonMenu(props: PersonMenuProps): JSX.Element {
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
