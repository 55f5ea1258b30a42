import type { Role } from "../hospital/roles/roles.ts";
import { table } from "./command.ts";

/** A role in words, its rights one a line. */
export function toldRole(role: Role): string {
  const facts = [
    ["Role", role.name],
    ["Key", role.key],
    ...(role.description === null ? [] : [["For", role.description]]),
    ["Reaches", role.scope === "hospital" ? "the whole hospital" : "the departments of whoever has it"],
    ["Second factor", role.requiresSecondFactor ? "needed" : "not needed"],
    ["People", String(role.users)],
    ["Rights", String(role.permissions.length)],
  ];
  return [table(facts), ...role.permissions.map((right) => `  ${right}`)].join("\n");
}
