import { generatePassword } from "../auth/generate-password.ts";
import { createOperator } from "../owner/operators/operators.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { asJson, type Command } from "./command.ts";
import { passwordFrom } from "./options.ts";
import { insideOwner } from "./place.ts";

const text = { type: "string" } as const;

const create: Command = {
  name: "owner:create",
  summary: "Add a person to the owner portal",
  usage: `wardline owner:create --email EMAIL --name NAME [--role ROLE] [--password-stdin] [--json]

  --role ROLE       super-admin, admin or group-admin (super-admin)
  --password-stdin  read the password from standard input; left out, one is made, printed once, and changed at
                    the first sign-in`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ email: text, name: text, role: text },
      "password-stdin": { type: "boolean", default: false },
    });
    const chosen = given["password-stdin"] ? await passwordFrom(io) : null;
    const password = chosen ?? generatePassword();
    const person = await createOperator(insideOwner(services), {
      email: needed("email", given.email),
      name: needed("name", given.name),
      role: choice("role", given.role, ["super-admin", "admin", "group-admin"]) ?? "super-admin",
      password,
      mustChangePassword: chosen === null,
    });
    if (given.json) io.out(asJson({ ...person, password: chosen === null ? password : null }));
    else {
      io.out(`${person.name} may sign in at owner.${services.env.baseDomain} as ${person.email}.`);
      if (chosen === null) io.out(`Password, told this once: ${password}`);
    }
    return 0;
  },
};

export const ownerCommands: readonly Command[] = [create];
