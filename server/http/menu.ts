import type { Messages } from "../../views/messages/en.ts";
import type { MenuItem } from "../../views/page.ts";
import {
  type HospitalActor,
  type HospitalPermission,
  may,
  type OwnerActor,
  type OwnerPermission,
} from "../auth/permissions.ts";

type Entry<Permission> = Pick<MenuItem, "key" | "href" | "icon"> & {
  readonly label: keyof Messages["nav"];
  /** One of several is enough. */
  readonly needs: Permission | readonly Permission[] | null;
};

const hospitalMenu: readonly Entry<HospitalPermission>[] = [
  { key: "home", href: "/", label: "home", icon: "house", needs: null },
  { key: "patients", href: "/patients", label: "patients", icon: "users", needs: "patients:read" },
  { key: "import", href: "/imports", label: "import", icon: "upload", needs: "patients:import" },
  { key: "users", href: "/users", label: "users", icon: "user-check", needs: "users:read" },
  { key: "roles", href: "/roles", label: "roles", icon: "shield-check", needs: "roles:read" },
  {
    key: "departments",
    href: "/departments",
    label: "departments",
    icon: "layers",
    needs: "departments:read",
  },
  {
    key: "privacy",
    href: "/privacy",
    label: "privacy",
    icon: "lock",
    needs: ["privacy:review", "retention:read", "support:decide"],
  },
  { key: "keys", href: "/keys", label: "keys", icon: "key-round", needs: "keys:read" },
  { key: "audit", href: "/audit", label: "audit", icon: "history", needs: "audit:read" },
  { key: "settings", href: "/settings", label: "settings", icon: "settings", needs: "settings:read" },
];

const ownerMenu: readonly Entry<OwnerPermission>[] = [
  { key: "home", href: "/", label: "home", icon: "house", needs: null },
  { key: "hospitals", href: "/hospitals", label: "hospitals", icon: "building-2", needs: "tenants:read" },
  {
    key: "new-hospital",
    href: "/hospitals/new",
    label: "newHospital",
    icon: "plus",
    needs: "tenants:create",
  },
  { key: "people", href: "/people", label: "people", icon: "users", needs: "tenants:users" },
  {
    key: "operators",
    href: "/operators",
    label: "operators",
    icon: "shield-check",
    needs: "operators:edit",
  },
  {
    key: "passwords",
    href: "/password-policy",
    label: "passwords",
    icon: "lock",
    needs: "operators:edit",
  },
  { key: "plans", href: "/plans", label: "plans", icon: "credit-card", needs: "plans:read" },
  { key: "servers", href: "/servers", label: "servers", icon: "server", needs: "servers:read" },
  { key: "health", href: "/health", label: "health", icon: "activity", needs: "health:read" },
  { key: "keys", href: "/keys", label: "keys", icon: "key-round", needs: "keys:read" },
  { key: "audit", href: "/audit", label: "audit", icon: "history", needs: "audit:read" },
  { key: "jobs", href: "/jobs", label: "jobs", icon: "list-checks", needs: "jobs:view" },
  { key: "docs", href: "/docs", label: "docs", icon: "book-open", needs: null },
];

/** The longest address that begins the path is where one is. */
function withCurrent(entries: readonly Omit<MenuItem, "current">[], path: string): MenuItem[] {
  const here = entries
    .filter((entry) => path === entry.href || (entry.href !== "/" && path.startsWith(`${entry.href}/`)))
    .sort((a, b) => b.href.length - a.href.length)[0];
  return entries.map((entry) => ({ ...entry, current: entry === here }));
}

/** Menus by who sees them (their set of permissions), the language, and where they stand: made once for each. */
const made = new WeakMap<object, Map<string, readonly MenuItem[]>>();
/** Paths are as many as records; a person's are few at a time. */
const keptAtMost = 50;

function keptMenu(
  seenBy: HospitalActor | OwnerActor,
  t: Messages,
  path: string,
  entries: () => readonly Omit<Entry<string>, "needs">[],
): readonly MenuItem[] {
  const owner = seenBy.kind === "system" ? seenBy : seenBy.permissions;
  const kept = made.get(owner) ?? new Map<string, readonly MenuItem[]>();
  made.set(owner, kept);
  const key = `${t.nav.home} ${path}`;
  let menu = kept.get(key);
  if (menu === undefined) {
    if (kept.size >= keptAtMost) kept.clear();
    menu = withCurrent(
      entries().map(({ key, href, icon, label }) => ({ key, href, icon, label: t.nav[label] })),
      path,
    );
    kept.set(key, menu);
  }
  return menu;
}

function severalOf<Permission extends string>(
  needs: Permission | readonly Permission[],
): readonly Permission[] {
  return typeof needs === "string" ? [needs] : needs;
}

export function hospitalMenuFor(actor: HospitalActor, t: Messages, path: string): readonly MenuItem[] {
  return keptMenu(actor, t, path, () =>
    hospitalMenu.filter(({ needs }) => needs === null || severalOf(needs).some((one) => may(actor, one))),
  );
}

export function ownerMenuFor(actor: OwnerActor, t: Messages, path: string): readonly MenuItem[] {
  return keptMenu(actor, t, path, () =>
    ownerMenu.filter(({ needs }) => needs === null || severalOf(needs).some((one) => may(actor, one))),
  );
}
