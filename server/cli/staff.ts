import { resetUserPassword, setUserStatus, type UserStatus } from "../hospital/users/user-status.ts";
import { listUsers, type User } from "../hospital/users/users-list.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { userIdOf } from "./find-person.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;
const statuses = ["active", "invited", "suspended", "deactivated"] as const;

const list: Command = {
  name: "users:list",
  summary: "List a hospital's staff",
  usage: `wardline users:list --hospital SUBDOMAIN [--search WORDS] [--status STATE] [--json]

  --status STATE  active, invited, suspended or deactivated`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, search: text, status: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const status = choice("status", given.status, statuses);
    const people: User[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listUsers(context, { search: given.search, status, limit: 100, cursor });
      people.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    const rows = people.map((person) => [
      ...[person.email, person.name, person.roleName, person.status],
      person.lastSignInAt?.toISOString() ?? "never",
    ]);
    io.out(
      given.json ? asJson(people) : table([["EMAIL", "NAME", "ROLE", "STATE", "LAST SIGN-IN"], ...rows]),
    );
    return 0;
  },
};

const setTo = (name: string, summary: string, status: UserStatus): Command => ({
  name,
  summary,
  usage: `wardline ${name} --hospital SUBDOMAIN --email EMAIL [--json]`,
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

export const staffCommands: readonly Command[] = [
  list,
  setTo("users:suspend", "Put one of the staff out at once, tokens included", "suspended"),
  setTo("users:activate", "Let one of the staff in again", "active"),
  reset,
];
