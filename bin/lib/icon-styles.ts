import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type IconName, iconNames } from "../../views/ui/icons.ts";

/**
 * A rule for each icon: its drawing as a mask, filled with the colour of the text it stands in. In the stylesheet a
 * drawing is sent once and kept, where in the page it would be sent with each row of a list.
 */
export function iconStyles(): string {
  return iconNames.map((name) => `.i-${name}{--icon:url("${drawingOf(name)}")}\n`).join("");
}

/** A drawing of the lucide-static package as a data address, as short as one can be. */
function drawingOf(name: IconName): string {
  const file = fileURLToPath(import.meta.resolve(`lucide-static/icons/${name}.svg`));
  const svg = readFileSync(file, "utf8");
  const shapes = svg
    .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    .replace(/\s*\n\s*/g, "")
    .replaceAll(" />", "/>")
    .trim();
  const whole = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#000" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes}</svg>`;
  const quoted = whole.replaceAll('"', "'").replace(/[%#<>]/g, encodeURIComponent);
  return `data:image/svg+xml,${quoted}`;
}
