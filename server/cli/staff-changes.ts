import { resetUserPassword, setUserStatus, type UserStatus } from "../hospital/users/user-status.ts";
import { changeUserInput, createUserInput } from "../hospital/users/users.input.ts";
import { createUser, updateUser } from "../hospital/users/users.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command } from "./command.ts";
import { userIdOf } from "./find-person.ts";
import { changesOf, checked, emptied, passwordFrom } from "./options.ts";
import { insideHospital } from "./place.ts";
import { personOptions, placingOf, placingUsage, toldPerson } from "./staff-person.ts";

const text = { type: "string" } as const;

const create: Command = {
  name: "users:create",
  summary: "Add one of the staff, with a password that they change at the first sign-in",
  usage: `wardline users:create --hospital SUBDOMAIN --email EMAIL --name NAME --role ROLE [options]

  ${placingUsage}
  --phone PHONE
  --password-stdin         read the password from standard input; left out, one is made and told once
  --json                   answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ hospital: text, email: text },
      ...personOptions,
      "password-stdin": { type: "boolean", default: false },
    });
    const email = needed("email", given.email);
    const name = needed("name", given.name);
    const role = needed("role", given.role);
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const placing = await placingOf(context, { ...given, role });
    const password = given["password-stdin"] ? await passwordFrom(io) : undefined;
    const input = checked(createUserInput, { email, name, phone: given.phone, password, ...placing });
    const { user, temporaryPassword } = await createUser(context, input);
    if (given.json) io.out(asJson({ ...user, temporaryPassword }));
    else {
      io.out(await toldPerson(context, user));
      if (temporaryPassword !== null) io.out(`Password, told this once: ${temporaryPassword}`);
    }
    return 0;
  },
};

const change: Command = {
  name: "users:change",
  summary: "Change who one of the staff is, where they belong and what they may do",
  usage: `wardline users:change --hospital SUBDOMAIN --email EMAIL [options]

  What is left out stays. Departments that are named take the place of all they had; --department "" takes them away.
  It counts at their next request. The last active administrator stays one.

  --email EMAIL            the address they sign in with now
  --name NAME
  --new-email EMAIL        the address they sign in with from now on; a mail asks them to confirm it
  --phone PHONE            "" takes it away
  ${placingUsage}
  --json                   answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ hospital: text, email: text, "new-email": text },
      ...personOptions,
    });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const id = await userIdOf(context, needed("email", given.email));
    const input = changesOf(changeUserInput, {
      ...{ name: given.name, email: given["new-email"], phone: emptied(given.phone) },
      ...(await placingOf(context, given)),
    });
    const user = await updateUser(context, id, input);
    io.out(given.json ? asJson(user) : await toldPerson(context, user));
    return 0;
  },
};

const setTo = (name: string, summary: string, status: UserStatus, explained = ""): Command => ({
  name,
  summary,
  usage: `wardline ${name} --hospital SUBDOMAIN --email EMAIL [--json]${explained}`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, email: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const id = await userIdOf(context, needed("email", given.email));
    const person = await setUserStatus(context, id, status);
    io.out(given.json ? asJson(person) : `${person.email}: ${person.status}.`);
    return 0;
  },
});

const reset: Command = {
  name: "users:reset",
  summary: "Give one of the staff a password, told once and changed at the next sign-in",
  usage: `wardline users:reset --hospital SUBDOMAIN --email EMAIL [--json]

  Whoever had it is signed out everywhere. For an administrator who is locked out as well.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, email: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const id = await userIdOf(context, needed("email", given.email));
    const { user, temporaryPassword } = await resetUserPassword(context, id);
    io.out(
      given.json
        ? asJson({ ...user, temporaryPassword })
        : `Password of ${user.email}, told this once: ${temporaryPassword}`,
    );
    return 0;
  },
};

export const staffChanges: readonly Command[] = [
  create,
  change,
  setTo("users:suspend", "Put one of the staff out at once, tokens included", "suspended"),
  setTo("users:activate", "Let one of the staff in again", "active"),
  setTo(
    "users:deactivate",
    "End the work of one of the staff here, tokens included",
    "deactivated",
    "\n\n  Their place in the plan is free; what they did stays on record. users:activate takes them back.",
  ),
  reset,
];
