import { en } from "../../views/messages/en.ts";
import { hospitalPermissions, hospitalScopes } from "../auth/permissions.ts";
import { listRoles } from "../hospital/roles/roles.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { roleOf } from "./find-by-key.ts";
import { insideHospital } from "./place.ts";
import { roleChanges } from "./role-changes.ts";
import { toldRole } from "./told-role.ts";

const text = { type: "string" } as const;

const list: Command = {
  name: "roles:list",
  summary: "List a hospital's roles, with how many people and rights each has",
  usage: `wardline roles:list --hospital SUBDOMAIN [--json]

  --json   also tells the rights themselves`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const roles = await listRoles(await insideHospital(services, needed("hospital", given.hospital)));
    const rows = roles.map(({ key, name, users, permissions }) => [
      ...[key, name, String(users), String(permissions.length)],
    ]);
    io.out(given.json ? asJson(roles) : table([["KEY", "NAME", "PEOPLE", "RIGHTS"], ...rows]));
    return 0;
  },
};

const show: Command = {
  name: "roles:show",
  summary: "Say what a role may do",
  usage: `wardline roles:show --hospital SUBDOMAIN --role ROLE [--json]

  --role ROLE   its key or its name`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, role: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const role = await roleOf(context, needed("role", given.role));
    io.out(given.json ? asJson(role) : toldRole(role));
    return 0;
  },
};

const rights: Command = {
  name: "roles:rights",
  summary: "List every right that a role may give",
  usage: `wardline roles:rights [--json]

  The same in every hospital. Where a program may not have a right, an API key can't hold it: it takes a person.`,
  async run(_services, args, io) {
    const given = readArguments(args, {});
    const programs: readonly string[] = hospitalScopes;
    const all = Object.entries(hospitalPermissions).flatMap(([group, names]) =>
      names.map((right) => ({
        ...{ group, right, means: en.staff.permissionNames[right] },
        forPrograms: programs.includes(right),
      })),
    );
    const rows = all.map(({ right, means, forPrograms }) => [right, means, forPrograms ? "yes" : "no"]);
    io.out(given.json ? asJson(all) : table([["RIGHT", "MEANS", "FOR PROGRAMS"], ...rows]));
    return 0;
  },
};

export const roleCommands: readonly Command[] = [list, show, rights, ...roleChanges];
