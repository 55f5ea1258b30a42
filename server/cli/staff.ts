import { type UserStatistics, userStatistics } from "../hospital/users/user-statistics.ts";
import { getUser, listUsers, type User } from "../hospital/users/users-list.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { departmentOf, roleOf } from "./find-by-key.ts";
import { userIdOf } from "./find-person.ts";
import { insideHospital } from "./place.ts";
import { staffChanges } from "./staff-changes.ts";
import { staffInvitations } from "./staff-invitations.ts";
import { toldPerson, withInvitation } from "./staff-person.ts";

const text = { type: "string" } as const;
const statuses = ["active", "invited", "suspended", "deactivated"] as const;

const list: Command = {
  name: "users:list",
  summary: "List a hospital's staff",
  usage: `wardline users:list --hospital SUBDOMAIN [options]

  --search WORDS           part of the name or the address
  --status STATE           active, invited, suspended or deactivated
  --role ROLE              by its key or its name
  --department DEPARTMENT  by its key or its name
  --json                   answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...{ hospital: text, search: text, status: text, role: text, department: text },
    });
    const { search, role, department } = given;
    const status = choice("status", given.status, statuses);
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const roleId = role === undefined ? undefined : (await roleOf(context, role)).id;
    const departmentId = department === undefined ? undefined : (await departmentOf(context, department)).id;
    const people: User[] = [];
    for (let cursor: string | undefined; ; ) {
      const asked = { search, status, roleId, departmentId, limit: 100, cursor };
      const page = await listUsers(context, asked);
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

const show: Command = {
  name: "users:show",
  summary: "Say who one of the staff is, where they belong and how they stand",
  usage: "wardline users:show --hospital SUBDOMAIN --email EMAIL [--json]",
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, email: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const user = await getUser(context, await userIdOf(context, needed("email", given.email)));
    io.out(given.json ? asJson(await withInvitation(context, user)) : await toldPerson(context, user));
    return 0;
  },
};

const agesInWords: Readonly<Record<keyof UserStatistics["byLastSignIn"], string>> = {
  today: "in the last 24 hours",
  week: "in the last 7 days",
  month: "in the last 30 days",
  quarter: "in the last 90 days",
  older: "longer ago",
  never: "never",
};

function toldStatistics(figures: UserStatistics): string {
  const { invitations, byLastSignIn } = figures;
  const counted = (rows: readonly (readonly [string, number])[]) =>
    rows.map(([name, people]) => [name, String(people)]);
  const shares = (rows: UserStatistics["byRole"]) => counted(rows.map(({ name, users }) => [name, users]));
  const ages = (["today", "week", "month", "quarter", "older", "never"] as const).map(
    (age) => [agesInWords[age], byLastSignIn[age]] as const,
  );
  return [
    table([["STATE", "PEOPLE"], ...counted([...Object.entries(figures.byStatus), ["all", figures.total]])]),
    table([["ROLE", "PEOPLE"], ...shares(figures.byRole)]),
    table([
      ["DEPARTMENT", "PEOPLE"],
      ...shares(figures.byDepartment),
      ...counted([["none", figures.withoutDepartment]]),
    ]),
    table([["LAST SIGN-IN", "PEOPLE"], ...counted(ages)]),
    table([
      ["INVITATIONS", "PEOPLE"],
      ...counted([
        ["waiting", invitations.waiting],
        ["expired", invitations.expired],
        ["accepted in the last 30 days", invitations.accepted],
      ]),
    ]),
  ].join("\n\n");
}

const statistics: Command = {
  name: "users:statistics",
  summary: "Tell a hospital's staff in figures",
  usage: `wardline users:statistics --hospital SUBDOMAIN [--json]

  By state, role, department, last sign-in and invitation. Somebody of two departments counts in both; each counts
  once in the first time of a last sign-in that fits.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const figures = await userStatistics(await insideHospital(services, needed("hospital", given.hospital)));
    io.out(given.json ? asJson(figures) : toldStatistics(figures));
    return 0;
  },
};

export const staffCommands: readonly Command[] = [
  list,
  show,
  statistics,
  ...staffChanges,
  ...staffInvitations,
];
