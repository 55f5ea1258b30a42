import {
  assignTenants,
  resetOperatorPassword,
  setOperatorStatus,
  updateOperator,
} from "../owner/operators/operator-changes.ts";
import { inviteOperator } from "../owner/operators/operator-invitations.ts";
import { listOperators, type OperatorSummary } from "../owner/operators/operators.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { operatorIdOf } from "./find-person.ts";
import { insideHospital, insideOwner } from "./place.ts";

const text = { type: "string" } as const;
const roles = ["super-admin", "admin", "group-admin"] as const;

const told = (person: OperatorSummary, json: boolean) =>
  json ? asJson(person) : `${person.email}: ${person.role}, ${person.status}.`;

const list: Command = {
  name: "operators:list",
  summary: "List the people of the owner portal",
  usage: "wardline operators:list [--json]",
  async run(services, args, io) {
    const given = readArguments(args, {});
    const people = await listOperators(insideOwner(services));
    const rows = people.map((person) => [
      ...[person.email, person.name, person.role, person.status],
      person.lastSignInAt?.toISOString() ?? "never",
    ]);
    io.out(
      given.json ? asJson(people) : table([["EMAIL", "NAME", "ROLE", "STATE", "LAST SIGN-IN"], ...rows]),
    );
    return 0;
  },
};

const invite: Command = {
  name: "operators:invite",
  summary: "Invite somebody to the owner portal by mail",
  usage: `wardline operators:invite --email EMAIL --name NAME --role ROLE [--json]

  --role ROLE  super-admin, admin or group-admin
  The link in the mail works once, for seven days.`,
  async run(services, args, io) {
    const given = readArguments(args, { email: text, name: text, role: text });
    const person = await inviteOperator(insideOwner(services), {
      email: needed("email", given.email),
      name: needed("name", given.name),
      role: choice("role", needed("role", given.role), roles) ?? "admin",
    });
    io.out(told(person, given.json));
    return 0;
  },
};

const role: Command = {
  name: "operators:role",
  summary: "Give an operator another role, from their next request on",
  usage: `wardline operators:role --email EMAIL --role ROLE [--json]

  --role ROLE  super-admin, admin or group-admin. The last active super-admin stays one.`,
  async run(services, args, io) {
    const given = readArguments(args, { email: text, role: text });
    const context = insideOwner(services);
    const wanted = choice("role", needed("role", given.role), roles);
    const id = await operatorIdOf(context, needed("email", given.email));
    io.out(told(await updateOperator(context, id, { role: wanted }), given.json));
    return 0;
  },
};

const setTo = (name: string, summary: string, status: "active" | "suspended"): Command => ({
  name,
  summary,
  usage: `wardline ${name} --email EMAIL [--json]`,
  async run(services, args, io) {
    const given = readArguments(args, { email: text });
    const context = insideOwner(services);
    const id = await operatorIdOf(context, needed("email", given.email));
    io.out(told(await setOperatorStatus(context, id, status), given.json));
    return 0;
  },
});

const reset: Command = {
  name: "operators:reset",
  summary: "Give an operator a password, told once and changed at the next sign-in",
  usage: "wardline operators:reset --email EMAIL [--json]\n\n  Whoever had it is signed out everywhere.",
  async run(services, args, io) {
    const given = readArguments(args, { email: text });
    const context = insideOwner(services);
    const id = await operatorIdOf(context, needed("email", given.email));
    const { operator, temporaryPassword } = await resetOperatorPassword(context, id);
    io.out(
      given.json
        ? asJson({ ...operator, temporaryPassword })
        : `Password of ${operator.email}, told this once: ${temporaryPassword}`,
    );
    return 0;
  },
};

const assign: Command = {
  name: "operators:assign",
  summary: "Say which hospitals a group admin sees",
  usage: `wardline operators:assign --email EMAIL --hospitals SUBDOMAIN,SUBDOMAIN [--json]

  The list replaces the former one; --hospitals "" takes all away.`,
  async run(services, args, io) {
    const given = readArguments(args, { email: text, hospitals: text });
    const context = insideOwner(services);
    const id = await operatorIdOf(context, needed("email", given.email));
    const names = (given.hospitals ?? needed("hospitals", undefined)).split(",").map((name) => name.trim());
    const wanted: string[] = [];
    for (const name of names)
      if (name !== "") wanted.push((await insideHospital(services, name)).hospital.id);
    const person = await assignTenants(context, id, wanted);
    io.out(given.json ? asJson(person) : `${person.email} sees ${person.tenantIds.length} hospitals.`);
    return 0;
  },
};

export const operatorCommands: readonly Command[] = [
  list,
  invite,
  role,
  setTo("operators:suspend", "Put an operator out at once, tokens included", "suspended"),
  setTo("operators:activate", "Let a suspended operator in again", "active"),
  reset,
  assign,
];
