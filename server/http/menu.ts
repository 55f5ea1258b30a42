import type { Messages } from "../../views/messages/en.ts";
import type { MenuItem } from "../../views/page.ts";
import {
  type HospitalActor,
  type HospitalPermission,
  may,
  type OwnerActor,
  type OwnerPermission,
} from "../auth/permissions.ts";

interface Room<Permission> {
  readonly href: string;
  readonly label: keyof Messages["nav"];
  /** One of several is enough. */
  readonly needs: Permission | readonly Permission[] | null;
}

interface Entry<Permission> extends Room<Permission>, Pick<MenuItem, "key" | "icon"> {
  /** Rarely used pages that share the entry; the entry leads to the first that the person may enter. */
  readonly rooms?: readonly Room<Permission>[];
}

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
  { key: "audit", href: "/audit", label: "audit", icon: "history", needs: "audit:read" },
  {
    ...{ key: "settings", href: "/settings", label: "settings", icon: "settings" },
    needs: ["settings:read", "keys:read", "users:suspend", "users:create"],
    rooms: [
      { href: "/settings", label: "hospital", needs: "settings:read" },
      { href: "/settings/passwords", label: "passwords", needs: "settings:read" },
      { href: "/keys", label: "keys", needs: "keys:read" },
      { href: "/locks", label: "locks", needs: "users:suspend" },
      { href: "/outbox", label: "outbox", needs: "users:create" },
    ],
  },
];

const ownerMenu: readonly Entry<OwnerPermission>[] = [
  { key: "home", href: "/", label: "home", icon: "house", needs: null },
  { key: "hospitals", href: "/hospitals", label: "hospitals", icon: "building-2", needs: "tenants:read" },
  { key: "people", href: "/people", label: "people", icon: "users", needs: "tenants:users" },
  { key: "plans", href: "/plans", label: "plans", icon: "credit-card", needs: "plans:read" },
  { key: "servers", href: "/servers", label: "servers", icon: "server", needs: "servers:read" },
  { key: "health", href: "/health", label: "health", icon: "activity", needs: "health:read" },
  {
    ...{ key: "access", href: "/operators", label: "access", icon: "shield-check" },
    needs: ["operators:edit", "keys:read"],
    rooms: [
      { href: "/operators", label: "operators", needs: "operators:edit" },
      { href: "/sign-in-rules", label: "signInRules", needs: "operators:edit" },
      { href: "/password-policy", label: "passwords", needs: "operators:edit" },
      { href: "/keys", label: "keys", needs: "keys:read" },
      { href: "/locks", label: "locks", needs: "operators:edit" },
      { href: "/outbox", label: "outbox", needs: "operators:edit" },
    ],
  },
  { key: "audit", href: "/audit", label: "audit", icon: "history", needs: "audit:read" },
  { key: "jobs", href: "/jobs", label: "jobs", icon: "list-checks", needs: "jobs:view" },
];

const isAt = (path: string, href: string) => path === href || (href !== "/" && path.startsWith(`${href}/`));

/** The longest address that begins the path is where one is. */
const longestAt = (path: string, hrefs: readonly string[]): string =>
  hrefs.filter((href) => isAt(path, href)).sort((a, b) => b.length - a.length)[0] ?? "";

type Unplaced = Omit<MenuItem, "current" | "rooms"> & Required<Pick<MenuItem, "rooms">>;

function withCurrent(entries: readonly Unplaced[], path: string): MenuItem[] {
  const hrefsOf = ({ href, rooms }: Unplaced) => [href, ...rooms.map((room) => room.href)];
  const here = longestAt(path, entries.flatMap(hrefsOf));
  return entries.map((entry) => ({
    ...entry,
    current: here !== "" && hrefsOf(entry).includes(here),
    rooms: entry.rooms.map((room) => ({ ...room, current: room.href === here })),
  }));
}

/** Menus by who sees them (their set of permissions), the language, and where they stand: made once for each. */
const made = new WeakMap<object, Map<string, readonly MenuItem[]>>();
/** Paths are as many as records; a person's are few at a time. */
const keptAtMost = 50;

function keptMenu<Permission extends string>(
  seenBy: HospitalActor | OwnerActor,
  t: Messages,
  path: string,
  entries: readonly Entry<Permission>[],
  mayEnter: (permission: Permission) => boolean,
): readonly MenuItem[] {
  const owner = seenBy.kind === "system" ? seenBy : seenBy.permissions;
  const kept = made.get(owner) ?? new Map<string, readonly MenuItem[]>();
  made.set(owner, kept);
  const key = `${t.nav.home} ${path}`;
  let menu = kept.get(key);
  if (menu === undefined) {
    if (kept.size >= keptAtMost) kept.clear();
    menu = withCurrent(openTo(entries, t, mayEnter), path);
    kept.set(key, menu);
  }
  return menu;
}

/** The entries and rooms that somebody may enter. */
function openTo<Permission extends string>(
  entries: readonly Entry<Permission>[],
  t: Messages,
  mayEnter: (permission: Permission) => boolean,
): Unplaced[] {
  const isOpen = ({ needs }: Room<Permission>) =>
    needs === null || (typeof needs === "string" ? [needs] : needs).some(mayEnter);
  return entries.filter(isOpen).map(({ key, icon, label, ...entry }) => {
    const rooms = (entry.rooms ?? []).filter(isOpen);
    return {
      ...{ key, icon, label: t.nav[label], href: rooms[0]?.href ?? entry.href },
      rooms: rooms.map((room) => ({ href: room.href, label: t.nav[room.label], current: false })),
    };
  });
}

export function hospitalMenuFor(actor: HospitalActor, t: Messages, path: string): readonly MenuItem[] {
  return keptMenu(actor, t, path, hospitalMenu, (permission) => may(actor, permission));
}

export function ownerMenuFor(actor: OwnerActor, t: Messages, path: string): readonly MenuItem[] {
  return keptMenu(actor, t, path, ownerMenu, (permission) => may(actor, permission));
}
