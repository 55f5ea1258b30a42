import { t } from "elysia";
import { scopes } from "../../db/schema/hospital/roles.ts";
import { isHospitalPermission } from "../auth/permissions.ts";
import { changeRoleInput, createRoleInput } from "../hospital/roles/roles.input.ts";
import { copyRole, createRole, deleteRole, type Role, updateRole } from "../hospital/roles/roles.ts";
import { choice, needed, readArguments, UsageError } from "./arguments.ts";
import { asJson, type Command } from "./command.ts";
import { roleOf } from "./find-by-key.ts";
import { changesOf, checked, emptied, wordsOf, yesOrNo } from "./options.ts";
import { insideHospital } from "./place.ts";
import { toldRole } from "./told-role.ts";

const text = { type: "string" } as const;
const roleOptions = { name: text, description: text, rights: text, scope: text, "second-factor": text };

/** Rights by their names. @throws UsageError naming one that is not there. */
function rightsOf(option: string, value: string, held: readonly string[] = []): readonly string[] {
  const words = wordsOf(value);
  const unknown = words.find((word) => !isHospitalPermission(word) && !held.includes(word));
  if (unknown !== undefined)
    throw new UsageError(`--${option}: there is no right "${unknown}". roles:rights lists them.`);
  return words;
}

const create: Command = {
  name: "roles:create",
  summary: "Add a role of the hospital's own",
  usage: `wardline roles:create --hospital SUBDOMAIN --name NAME --rights RIGHT,RIGHT [options]

  --rights RIGHT,RIGHT     roles:rights lists them; "" for none
  --description TEXT       what it is for
  --scope SCOPE            hospital (unless told), or departments: it reaches those of whoever has it
  --second-factor yes|no   whether its people need one to sign in (no)
  --json                   answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, ...roleOptions });
    const input = checked(createRoleInput, {
      ...{ name: needed("name", given.name), description: given.description },
      permissions: rightsOf("rights", given.rights ?? needed("rights", undefined)),
      scope: choice("scope", given.scope, scopes),
      requiresSecondFactor: yesOrNo("second-factor", given["second-factor"]),
    });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const role = await createRole(context, input);
    io.out(given.json ? asJson(role) : toldRole(role));
    return 0;
  },
};

/** What a role is to hold; undefined where nothing was said of it. */
function rightsAfter(
  { permissions }: Role,
  { rights, add, remove }: { readonly [name in "rights" | "add" | "remove"]?: string | undefined },
): readonly string[] | undefined {
  if (rights !== undefined) {
    if (add !== undefined || remove !== undefined)
      throw new UsageError("--rights goes with neither --add nor --remove.");
    return rightsOf("rights", rights);
  }
  if (add === undefined && remove === undefined) return undefined;
  const gone = rightsOf("remove", remove ?? "", permissions);
  const kept = permissions.filter((right) => !gone.includes(right));
  return [...new Set([...kept, ...rightsOf("add", add ?? "")])];
}

const change: Command = {
  name: "roles:change",
  summary: "Change a role; it counts at the next request of whoever has it",
  usage: `wardline roles:change --hospital SUBDOMAIN --role ROLE [options]

  The administrator's role keeps all rights.

  --role ROLE              its key or its name
  --name NAME              what it is called from now on
  --description TEXT       what it is for; "" takes it away
  --add RIGHT,RIGHT        rights that it gives as well; roles:rights lists them
  --remove RIGHT,RIGHT     rights that it gives no longer
  --rights RIGHT,RIGHT     in place of both: all that it gives
  --scope SCOPE            hospital, or departments
  --second-factor yes|no   whether its people need one, from their next sign-in on
  --json                   answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ hospital: text, role: text, add: text, remove: text },
      ...roleOptions,
    });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const role = await roleOf(context, needed("role", given.role));
    const input = changesOf(changeRoleInput, {
      ...{ name: given.name, description: emptied(given.description) },
      permissions: rightsAfter(role, given),
      scope: choice("scope", given.scope, scopes),
      requiresSecondFactor: yesOrNo("second-factor", given["second-factor"]),
    });
    const changed = await updateRole(context, role.id, input, role.version);
    io.out(given.json ? asJson(changed) : toldRole(changed));
    return 0;
  },
};

const copy: Command = {
  name: "roles:copy",
  summary: "Add a role that does what another does",
  usage: `wardline roles:copy --hospital SUBDOMAIN --role ROLE --name NAME [--json]

  --role ROLE   the one to copy, by its key or its name
  --name NAME   what the new one is called`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, role: text, name: text });
    const { name } = checked(t.Pick(createRoleInput, ["name"]), { name: needed("name", given.name) });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const { id } = await roleOf(context, needed("role", given.role));
    const role = await copyRole(context, id, name);
    io.out(given.json ? asJson(role) : toldRole(role));
    return 0;
  },
};

const remove: Command = {
  name: "roles:delete",
  summary: "Remove a role of the hospital's own that nobody has",
  usage: `wardline roles:delete --hospital SUBDOMAIN --role ROLE [--json]

  --role ROLE   its key or its name. A standard role can be changed, but not removed.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, role: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const { id, key, name } = await roleOf(context, needed("role", given.role));
    await deleteRole(context, id);
    io.out(given.json ? asJson({ removed: key }) : `The role ${name} is removed.`);
    return 0;
  },
};

export const roleChanges: readonly Command[] = [create, change, copy, remove];
