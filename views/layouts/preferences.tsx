import type { Children } from "@kitajs/html";
import { languages } from "../messages/catalogue.ts";
import { type Page, preferencesPath, type Theme } from "../page.ts";
import { CsrfField } from "../ui/form.tsx";
import { Icon } from "../ui/icon.tsx";
import type { IconName } from "../ui/icons.ts";

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
