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
  readonly needs: Permission | null;
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
  { key: "plans", href: "/plans", label: "plans", icon: "credit-card", needs: "plans:read" },
  { key: "servers", href: "/servers", label: "servers", icon: "server", needs: "servers:read" },
  { key: "health", href: "/health", label: "health", icon: "activity", needs: "health:read" },
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

export function hospitalMenuFor(actor: HospitalActor, t: Messages, path: string): MenuItem[] {
  const entries = hospitalMenu.filter((entry) => entry.needs === null || may(actor, entry.needs));
  return withCurrent(
    entries.map(({ key, href, icon, label }) => ({ key, href, icon, label: t.nav[label] })),
    path,
  );
}

export function ownerMenuFor(actor: OwnerActor, t: Messages, path: string): MenuItem[] {
  const entries = ownerMenu.filter((entry) => entry.needs === null || may(actor, entry.needs));
  return withCurrent(
    entries.map(({ key, href, icon, label }) => ({ key, href, icon, label: t.nav[label] })),
    path,
  );
}
