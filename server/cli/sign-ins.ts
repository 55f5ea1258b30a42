import { listLocks, openLock } from "../auth/locks/locks.ts";
import { endUserSessions } from "../hospital/users/user-sessions.ts";
import { endOperatorSessions } from "../owner/operators/operator-sessions.ts";
import { needed, readArguments, UsageError } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { operatorIdOf, userIdOf } from "./find-person.ts";
import { placeOf, placeOptions } from "./place.ts";

const text = { type: "string" } as const;
const place = "--hospital SUBDOMAIN | --owner";

const list: Command = {
  name: "locks:list",
  summary: "List sign-ins that are refused for a while after failed ones",
  usage: `wardline locks:list ${place} [--json]`,
  async run(services, args, io) {
    const given = readArguments(args, placeOptions);
    const { context } = await placeOf(services, given);
    const locks = await listLocks(context);
    const rows = locks.map((lock) => [
      ...[lock.kind, lock.email ?? "", lock.address ?? "", String(lock.failures)],
      lock.until.toISOString(),
    ]);
    io.out(given.json ? asJson(locks) : table([["BY", "EMAIL", "ADDRESS", "FAILURES", "UNTIL"], ...rows]));
    return 0;
  },
};

const open: Command = {
  name: "locks:open",
  summary: "Let an account, or an address, try to sign in again at once",
  usage: `wardline locks:open ${place} --email EMAIL | --address ADDRESS [--json]

  Ends with 1 where nothing was refused.`,
  async run(services, args, io) {
    const given = readArguments(args, { ...placeOptions, email: text, address: text });
    const { email, address } = given;
    if (email === undefined && address === undefined)
      throw new UsageError("--email or --address is missing.");
    const { context } = await placeOf(services, given);
    const opened = await openLock(context, {
      ...(email === undefined ? {} : { email }),
      ...(address === undefined ? {} : { address }),
    });
    io.out(given.json ? asJson({ opened }) : opened ? "Open." : "Nothing was refused.");
    return opened ? 0 : 1;
  },
};

const end: Command = {
  name: "sessions:end",
  summary: "Sign somebody out everywhere, tokens included",
  usage: `wardline sessions:end ${place} --email EMAIL [--json]`,
  async run(services, args, io) {
    const given = readArguments(args, { ...placeOptions, email: text });
    const email = needed("email", given.email);
    const at = await placeOf(services, given);
    if (at.side === "owner") await endOperatorSessions(at.context, await operatorIdOf(at.context, email));
    else await endUserSessions(at.context, await userIdOf(at.context, email));
    io.out(given.json ? asJson({ ended: email }) : `${email} is signed out everywhere.`);
    return 0;
  },
};

export const signInCommands: readonly Command[] = [list, open, end];
