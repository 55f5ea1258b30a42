import { listLocks, openLock } from "../auth/locks/locks.ts";
import { endUserSession, endUserSessions, listUserSessions } from "../hospital/users/user-sessions.ts";
import {
  endOperatorSession,
  endOperatorSessions,
  listOperatorSessions,
} from "../owner/operators/operator-sessions.ts";
import { needed, readArguments, UsageError } from "./arguments.ts";
import { asJson, type Command, listed, table } from "./command.ts";
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

const sessions: Command = {
  name: "sessions:list",
  summary: "List where somebody is signed in",
  usage: `wardline sessions:list ${place} --email EMAIL [--json]

  The last used first; tokens of programs that sign in as this person too.`,
  async run(services, args, io) {
    const given = readArguments(args, { ...placeOptions, email: text });
    const email = needed("email", given.email);
    const at = await placeOf(services, given);
    const open =
      at.side === "owner"
        ? await listOperatorSessions(at.context, await operatorIdOf(at.context, email))
        : await listUserSessions(at.context, await userIdOf(at.context, email));
    const rows = open.map((session) => [
      ...[session.id, session.kind, session.device ?? "", session.address ?? ""],
      ...[session.lastSeenAt.toISOString(), session.expiresAt.toISOString()],
    ]);
    const header = ["ID", "KIND", "DEVICE", "ADDRESS", "LAST USE", "UNTIL"];
    io.out(given.json ? asJson(open) : listed(header, rows, `${email} is signed in nowhere.`));
    return 0;
  },
};

const end: Command = {
  name: "sessions:end",
  summary: "Sign somebody out everywhere, or in one place, tokens included",
  usage: `wardline sessions:end ${place} --email EMAIL [--id ID] [--json]

  --id ID  this session alone; sessions:list tells the ids`,
  async run(services, args, io) {
    const given = readArguments(args, { ...placeOptions, email: text, id: text });
    const email = needed("email", given.email);
    const one = given.id === undefined ? null : needed("id", given.id);
    const at = await placeOf(services, given);
    if (at.side === "owner") {
      const id = await operatorIdOf(at.context, email);
      await (one === null ? endOperatorSessions(at.context, id) : endOperatorSession(at.context, id, one));
    } else {
      const id = await userIdOf(at.context, email);
      await (one === null ? endUserSessions(at.context, id) : endUserSession(at.context, id, one));
    }
    const words = one === null ? `${email} is signed out everywhere.` : `${email} is signed out there.`;
    io.out(given.json ? asJson({ ended: email, ...(one === null ? {} : { session: one }) }) : words);
    return 0;
  },
};

export const signInCommands: readonly Command[] = [list, open, sessions, end];
