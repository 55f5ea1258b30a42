import type { Messages } from "./messages/en.ts";
import type { IconName } from "./ui/icons.ts";

/** The languages every page is written in. */
export type Language = "en" | "ur" | "hi";
export type Theme = "light" | "dark" | "system";
export type Portal = "owner" | "hospital" | "apex";

/** Accents a hospital may choose; lightness is fixed per theme, so that contrast holds for each. */
export type Accent = "teal" | "blue" | "indigo" | "violet" | "plum" | "green" | "slate";

/** One entry of the sidebar. At most nine; the first four also stand in the phone's bottom bar. */
export interface MenuItem {
  readonly key: string;
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  readonly current: boolean;
  /** The pages that share the entry; drawn as tabs on each of them. */
  readonly rooms?: readonly MenuRoom[];
}

export interface MenuRoom {
  readonly href: string;
  readonly label: string;
  readonly current: boolean;
}

/** From a built file's plain name (`app.css`, `languages.css`, `htmx.js`, `wardline.js`, `icon.svg`) to its URL. */
export type Assets = Readonly<Record<string, string>>;

export type Tone = "neutral" | "info" | "success" | "warning" | "danger";

/** What just happened, in one sentence; `undo` where it can be taken back by a POST. */
export interface Toast {
  readonly tone: Tone;
  readonly text: string;
  readonly undo?: { readonly action: string; readonly label: string };
  /** Who has just shown that an address is theirs: the sign-in page has it filled in. */
  readonly email?: string;
}

/** Something that holds for a while only: a restricted record opened in need, support inside the hospital. */
export interface CountedBanner {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly title: string;
  /** When it is over by itself; the page counts down to it. */
  readonly until: Date;
  /** Ends it now, by a POST. */
  readonly end?: { readonly action: string; readonly label: string };
  readonly link?: { readonly href: string; readonly label: string };
}

/** "Saved here; copied online at": where the rows of this hospital stand. */
export interface SyncChip {
  readonly state: "copied" | "behind" | "offline" | "off";
  /** Rows not yet copied. */
  readonly pendingRows: number;
  readonly copiedAt: Date | null;
  /** A page that says more, where the person may see it. */
  readonly href: string | null;
}

/** Why records are not, or soon not, changed at this server. */
export type Standing =
  | {
      readonly why: "on-site";
      readonly address: string | null;
      readonly asOf: Date | null;
      readonly heardAt: Date | null;
      readonly revokedAt: Date | null;
    }
  | { readonly why: "lapsed"; readonly since: Date }
  | { readonly why: "replaced"; readonly since: Date }
  | { readonly why: "ending"; readonly until: Date };

/** Everything of the request, rather than of the subject, that a view may need. Views are pure functions of a Page and data. */
export interface Page {
  readonly t: Messages;
  readonly lang: Language;
  readonly dir: "ltr" | "rtl";
  readonly theme: Theme;
  readonly portal: Portal;
  readonly brand: { readonly name: string; readonly accent?: Accent };
  /** Path and query of this request: where a preference form returns to. */
  readonly path: string;
  readonly csrf: string;
  /** Who is signed in; `roleName` in the words of this page's language. */
  readonly person: { readonly name: string; readonly email: string; readonly roleName: string } | null;
  readonly menu: readonly MenuItem[];
  /** The search of the top bar, a GET form whose field is `search`. Null where the portal has none, or the person may not. */
  readonly search: { readonly action: string; readonly value: string; readonly label: string } | null;
  /** Null until there is a place that notifications lead to. */
  readonly notices: { readonly href: string; readonly unread: number } | null;
  /** Whose page it is, for what is kept of pages; null in the owner portal. */
  readonly hospital: string | null;
  /** IANA name of the hospital's zone: every date and time on the page is in it. */
  readonly zone: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly now: Date;
  readonly assets: Assets;
  /** Whether this is a demonstration with made-up records. */
  readonly demo: boolean;
  readonly toast: Toast | null;
  readonly syncChip: SyncChip | null;
  /** The person's own page (profile, sessions), where there is one. */
  readonly profileHref: string | null;
  /** Over every page while they last. */
  readonly banners?: readonly CountedBanner[];
  /** Over every page of a hospital whose records are not, or soon not, changed here. */
  readonly standing?: Standing | null;
}

/** The hidden field and the header that carry `Page.csrf`. */
export const csrfField = "_csrf";
export const csrfHeader = "X-CSRF-Token";

/** Where forms of every page post to, whatever the portal. */
export const preferencesPath = "/preferences";
export const signOutPath = "/sign-out";

/** Writing direction of a language. */
export function directionOf(lang: Language): "ltr" | "rtl" {
  return lang === "ur" ? "rtl" : "ltr";
}
