import { localeOf } from "./format.ts";
import { en, type Messages } from "./messages/en.ts";
import type { Language, Page } from "./page.ts";

/** A hospital's role or department as its row names it. */
interface Named {
  readonly key: string;
  readonly name: string;
}

type Words = Pick<Page, "t">;
type RoleKey = keyof Messages["standard"]["roles"];
type DepartmentKey = keyof Messages["standard"]["departments"];

const { roles, roleDescriptions, departments } = en.standard;
const isRoleKey = (key: string): key is RoleKey => Object.hasOwn(roles, key);
const isDepartmentKey = (key: string): key is DepartmentKey => Object.hasOwn(departments, key);

/**
 * What pages call a role. One that every hospital starts with is said in the reader's language as long as it bears the
 * name it came with; a name that the hospital gave stands as it is, in every language. Data (JSON, CSV, audit,
 * commands) keeps the stored name.
 */
export function roleLabel({ t }: Words, { key, name }: Named): string {
  return isRoleKey(key) && roles[key] === name ? t.standard.roles[key] : name;
}

/** What pages call a department, by the same rule. */
export function departmentLabel({ t }: Words, { key, name }: Named): string {
  return isDepartmentKey(key) && departments[key] === name ? t.standard.departments[key] : name;
}

/** What pages say that a role is for, by the same rule; empty where nothing is said. */
export function roleDescription(
  { t }: Words,
  { key, description }: { readonly key: string; readonly description: string | null },
): string {
  return isRoleKey(key) && roleDescriptions[key] === description
    ? t.standard.roleDescriptions[key]
    : (description ?? "");
}

/** A role as it was written down at the time, without its key: a standard name of then is said in the reader's language. */
export function recordedRoleLabel(page: Words, name: string): string {
  const key = Object.keys(roles).find((one) => isRoleKey(one) && roles[one] === name);
  return key === undefined ? name : roleLabel(page, { key, name });
}

/** What pages call the role of one of the staff. */
export function roleOfUser(
  page: Words,
  user: { readonly roleKey: string; readonly roleName: string },
): string {
  return roleLabel(page, { key: user.roleKey, name: user.roleName });
}

/** What pages call the primary department of one of the staff; empty for whoever belongs to none. */
export function departmentOfUser(
  page: Words,
  {
    departmentKey: key,
    departmentName: name,
  }: {
    readonly departmentKey: string | null;
    readonly departmentName: string | null;
  },
): string {
  return key === null || name === null ? "" : departmentLabel(page, { key, name });
}

/**
 * The hint of a field that edits such a name: what pages say instead of the stored words, where that differs.
 * Spread it on the field.
 */
export function shownAs({ t }: Words, stored: string | null, shown: string): { readonly hint?: string } {
  return shown === (stored ?? "") ? {} : { hint: t.standard.shownAs(shown) };
}

const collators: Readonly<Record<Language, Intl.Collator>> = {
  en: new Intl.Collator(localeOf("en")),
  ur: new Intl.Collator(localeOf("ur")),
  hi: new Intl.Collator(localeOf("hi")),
};

/** Rows in the order of what the reader sees of them. */
export function byLabel<Row>(
  page: Pick<Page, "t" | "lang">,
  rows: readonly Row[],
  labelOf: (page: Words, row: Row) => string,
): readonly Row[] {
  const { compare } = collators[page.lang];
  return rows.toSorted((a, b) => compare(labelOf(page, a), labelOf(page, b)));
}
