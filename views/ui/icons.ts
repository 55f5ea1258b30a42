import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The icons in use, by their Lucide names. Add a name here to use it; each is read once, at the start. */
export const iconNames = [
  "activity",
  "archive",
  "arrow-down",
  "arrow-left",
  "arrow-right",
  "arrow-up",
  "arrow-up-down",
  "baby",
  "ban",
  "bed",
  "bell",
  "book-open",
  "building-2",
  "calendar",
  "check",
  "chevron-down",
  "chevron-left",
  "chevron-right",
  "circle",
  "circle-alert",
  "circle-check",
  "circle-dashed",
  "circle-help",
  "circle-x",
  "clipboard-list",
  "clock",
  "cloud",
  "cloud-check",
  "cloud-off",
  "cloud-upload",
  "copy",
  "credit-card",
  "database",
  "download",
  "ellipsis",
  "external-link",
  "eye",
  "file-text",
  "file-up",
  "flask-conical",
  "globe",
  "heart-pulse",
  "history",
  "house",
  "id-card",
  "import",
  "inbox",
  "info",
  "key-round",
  "languages",
  "layers",
  "layout-dashboard",
  "list-checks",
  "loader-circle",
  "lock",
  "log-in",
  "log-out",
  "mail",
  "map-pin",
  "menu",
  "monitor",
  "moon",
  "network",
  "octagon-alert",
  "package",
  "pause",
  "pencil",
  "phone",
  "pill",
  "play",
  "plus",
  "printer",
  "refresh-cw",
  "rotate-ccw",
  "search",
  "server",
  "settings",
  "shield-check",
  "skull",
  "sliders-horizontal",
  "square-check",
  "stethoscope",
  "sun",
  "syringe",
  "trash-2",
  "triangle-alert",
  "undo-2",
  "upload",
  "user",
  "user-check",
  "user-plus",
  "user-x",
  "users",
  "wifi-off",
  "x",
] as const;

export type IconName = (typeof iconNames)[number];

/** What stands inside the `<svg>` of each icon: fixed markup of the lucide-static package, never anyone's input. */
export const iconBodies: Readonly<Record<IconName, string>> = readAll();

function readAll(): Record<IconName, string> {
  const bodies = {} as Record<IconName, string>;
  for (const name of iconNames) bodies[name] = read(name);
  return bodies;
}

function read(name: IconName): string {
  const file = fileURLToPath(import.meta.resolve(`lucide-static/icons/${name}.svg`));
  const svg = readFileSync(file, "utf8");
  return svg
    .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    .replace(/\s*\n\s*/g, "")
    .trim();
}
