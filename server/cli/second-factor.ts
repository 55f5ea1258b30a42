import { operatorRoles } from "../../db/schema/control/operators.ts";
import { listRoles, updateRole } from "../hospital/roles/roles.ts";
import { resetUserSecondFactor } from "../hospital/users/user-sessions.ts";
import { resetOperatorSecondFactor } from "../owner/operators/operator-sessions.ts";
import { getSignInRules, setSignInRules } from "../owner/operators/sign-in-rules.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { roleOf } from "./find-by-key.ts";
import { operatorIdOf, userIdOf } from "./find-person.ts";
import { yesOrNo } from "./options.ts";
import { insideHospital, insideOwner, placeOf, placeOptions } from "./place.ts";

const text = { type: "string" } as const;
const place = "--hospital SUBDOMAIN | --owner";

type At = Awaited<ReturnType<typeof placeOf>>;

interface Rule {
  readonly role: string;
  /** What a hospital calls it. */
  readonly name?: string;
  readonly requiresSecondFactor: boolean;
}

async function rulesAt(at: At): Promise<readonly Rule[]> {
  if (at.side === "owner") return getSignInRules(at.context);
  const roles = await listRoles(at.context);
  return roles.map(({ key, name, requiresSecondFactor }) => ({ role: key, name, requiresSecondFactor }));
}

function told(rules: readonly Rule[]): string {
  const rows = rules.map(({ role, name, requiresSecondFactor }) => [
    ...[role, requiresSecondFactor ? "needed" : "not needed"],
    ...(name === undefined ? [] : [name]),
  ]);
  const isNamed = rules.some(({ name }) => name !== undefined);
  return table([["ROLE", "SECOND FACTOR", ...(isNamed ? ["NAME"] : [])], ...rows]);
}

const show: Command = {
  name: "second-factor:show",
  summary: "Say whose role needs a second factor to sign in",
  usage: `wardline second-factor:show ${place} [--json]`,
  async run(services, args, io) {
    const given = readArguments(args, placeOptions);
    const rules = await rulesAt(await placeOf(services, given));
    io.out(given.json ? asJson(rules) : told(rules));
    return 0;
  },
};

async function setRule(at: At, asked: string, required: boolean): Promise<void> {
  if (at.side === "hospital") {
    const { id } = await roleOf(at.context, asked);
    await updateRole(at.context, id, { requiresSecondFactor: required });
    return;
  }
  const wanted = choice("role", asked, operatorRoles);
  const rules = await getSignInRules(at.context);
  const needing = rules.filter(({ role, requiresSecondFactor }) =>
    role === wanted ? required : requiresSecondFactor,
  );
  await setSignInRules(
    at.context,
    needing.map(({ role }) => role),
  );
}

const set: Command = {
  name: "second-factor:set",
  summary: "Say whether the people of a role need a second factor",
  usage: `wardline second-factor:set ${place} --role ROLE --required yes|no [--json]

  Counts at their next sign-in: whoever has none sets one up then.

  --role ROLE   of a hospital by key or name; of the owner portal super-admin, admin or group-admin`,
  async run(services, args, io) {
    const given = readArguments(args, { ...placeOptions, role: text, required: text });
    const role = needed("role", given.role);
    const required = yesOrNo("required", needed("required", given.required)) ?? false;
    const at = await placeOf(services, given);
    await setRule(at, role, required);
    const rules = await rulesAt(at);
    io.out(given.json ? asJson(rules) : told(rules));
    return 0;
  },
};

const isOff = (email: string, json: boolean) =>
  json ? asJson({ reset: email }) : `${email} has no second factor now, and is signed out everywhere.`;

const resetUser: Command = {
  name: "users:reset-second-factor",
  summary: "Take away the second factor of one of the staff whose phone is lost",
  usage: `wardline users:reset-second-factor --hospital SUBDOMAIN --email EMAIL [--json]

  Signs them out everywhere. Where their role needs a second factor, they set up another at the next sign-in.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, email: text });
    const email = needed("email", given.email);
    const context = await insideHospital(services, needed("hospital", given.hospital));
    await resetUserSecondFactor(context, await userIdOf(context, email));
    io.out(isOff(email, given.json));
    return 0;
  },
};

const resetOperator: Command = {
  name: "operators:reset-second-factor",
  summary: "Take away the second factor of an operator whose phone is lost",
  usage: `wardline operators:reset-second-factor --email EMAIL [--json]

  Signs them out everywhere. Where their role needs a second factor, they set up another at the next sign-in.`,
  async run(services, args, io) {
    const given = readArguments(args, { email: text });
    const email = needed("email", given.email);
    const context = insideOwner(services);
    await resetOperatorSecondFactor(context, await operatorIdOf(context, email));
    io.out(isOff(email, given.json));
    return 0;
  },
};

export const secondFactorCommands: readonly Command[] = [show, set, resetUser, resetOperator];
