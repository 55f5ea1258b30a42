import { t } from "elysia";
import { policyInput } from "../auth/password-policy.input.ts";
import type { PasswordPolicy } from "../auth/password-policy.ts";
import { changePasswordPolicy, getPasswordPolicy } from "../hospital/settings/password-policy.ts";
import { changeOwnerPasswordPolicy, getOwnerPasswordPolicy } from "../owner/operators/password-policy.ts";
import { readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { changesOf, yesOrNo } from "./options.ts";
import { placeOf, placeOptions } from "./place.ts";

const text = { type: "string" } as const;
const place = "--hospital SUBDOMAIN | --owner";

const told = (policy: PasswordPolicy) =>
  table([
    ["Least length", String(policy.minimumLength)],
    ["Former ones refused", String(policy.remembered)],
    ["Grows too old", policy.maximumAgeDays === null ? "never" : `after ${policy.maximumAgeDays} days`],
    ["Common ones refused", policy.refuseCommon ? "yes" : "no"],
  ]);

const policyAt = (at: Awaited<ReturnType<typeof placeOf>>) =>
  at.side === "owner" ? getOwnerPasswordPolicy(at.context) : getPasswordPolicy(at.context);

const show: Command = {
  name: "password-policy:show",
  summary: "Say what a password has to be",
  usage: `wardline password-policy:show ${place} [--json]`,
  async run(services, args, io) {
    const given = readArguments(args, placeOptions);
    const policy = await policyAt(await placeOf(services, given));
    io.out(given.json ? asJson(policy) : told(policy));
    return 0;
  },
};

const set: Command = {
  name: "password-policy:set",
  summary: "Change what a password has to be",
  usage: `wardline password-policy:set ${place} [options]

  What is left out stays. An age counts at once: whose password is older chooses another at their next request. All
  else counts when somebody next chooses one.

  --minimum-length N       characters, 8 to 64
  --remembered N           so many of a person's former passwords are refused, 0 to 24
  --maximum-age-days N     1 to 3650, or never
  --refuse-common yes|no   whether passwords that everybody guesses are refused
  --json                   answer as JSON`,
  async run(services, args, io) {
    const given = readArguments(args, {
      ...placeOptions,
      ...{ "minimum-length": text, remembered: text, "maximum-age-days": text, "refuse-common": text },
    });
    const age = given["maximum-age-days"];
    const asked = changesOf(t.Partial(policyInput), {
      ...{ minimumLength: given["minimum-length"], remembered: given.remembered },
      maximumAgeDays: age === "never" ? null : age,
      refuseCommon: yesOrNo("refuse-common", given["refuse-common"]),
    });
    const at = await placeOf(services, given);
    const { version, ...before } = await policyAt(at);
    const change = { ...before, ...asked };
    const policy =
      at.side === "owner"
        ? await changeOwnerPasswordPolicy(at.context, change, version)
        : await changePasswordPolicy(at.context, change, version);
    io.out(given.json ? asJson(policy) : told(policy));
    return 0;
  },
};

export const passwordPolicyCommands: readonly Command[] = [show, set];
