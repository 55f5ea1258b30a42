import { inviteUser, resendInvitation, withdrawInvitation } from "../hospital/users/invitations.ts";
import { inviteUserInput } from "../hospital/users/users.input.ts";
import type { User } from "../hospital/users/users-list.ts";
import type { HospitalContext } from "../tenancy/context.ts";
import { needed, readArguments } from "./arguments.ts";
import { asJson, type Command } from "./command.ts";
import { userIdOf } from "./find-person.ts";
import { checked } from "./options.ts";
import { insideHospital } from "./place.ts";
import { personOptions, placingOf, placingUsage, toldPerson, withInvitation } from "./staff-person.ts";

const text = { type: "string" } as const;

const told = async (context: HospitalContext, user: User, json: boolean) =>
  json ? asJson(await withInvitation(context, user)) : toldPerson(context, user);

const invite: Command = {
  name: "users:invite",
  summary: "Invite somebody to the staff by mail",
  usage: `wardline users:invite --hospital SUBDOMAIN --email EMAIL --name NAME --role ROLE [options]

  The link in the mail works once, for seven days. Their place in the plan is taken from now on.
  users:import invites the people of a list.

  ${placingUsage}
  --phone PHONE
  --json                   answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, { ...{ hospital: text, email: text }, ...personOptions });
    const email = needed("email", given.email);
    const name = needed("name", given.name);
    const role = needed("role", given.role);
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const placing = await placingOf(context, { ...given, role });
    const input = checked(inviteUserInput, { email, name, phone: given.phone, ...placing });
    io.out(await told(context, await inviteUser(context, input), given.json));
    return 0;
  },
};

const again: Command = {
  name: "users:reinvite",
  summary: "Send an invitation again, with a fresh link and seven more days",
  usage: `wardline users:reinvite --hospital SUBDOMAIN --email EMAIL [--json]

  The link of the former mail stops working.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, email: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const id = await userIdOf(context, needed("email", given.email));
    io.out(await told(context, await resendInvitation(context, id), given.json));
    return 0;
  },
};

const withdraw: Command = {
  name: "users:withdraw-invitation",
  summary: "Take an invitation back",
  usage: `wardline users:withdraw-invitation --hospital SUBDOMAIN --email EMAIL [--json]

  The link dies, the account that waited is gone, its place in the plan is free.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, email: text });
    const email = needed("email", given.email);
    const context = await insideHospital(services, needed("hospital", given.hospital));
    await withdrawInvitation(context, await userIdOf(context, email));
    io.out(given.json ? asJson({ withdrawn: email }) : `${email} is no longer invited.`);
    return 0;
  },
};

export const staffInvitations: readonly Command[] = [invite, again, withdraw];
