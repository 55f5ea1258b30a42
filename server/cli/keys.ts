import { listKeys, rotateKeys } from "../bridge/rotate-keys.ts";
import { systemOwner } from "../bridge/system-context.ts";
import { readArguments } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";

const rotate: Command = {
  name: "keys:rotate",
  summary: "Seal every secret anew with the newest master key",
  usage: `wardline keys:rotate [--json]

  1. Make a key (openssl rand -hex 32). Set it as WARDLINE_MASTER_KEY and the former one as
     WARDLINE_MASTER_KEY_PREVIOUS, or put it above the former one in master.key. Start every process anew.
  2. Run this. Cut off and run again, it goes on.
  3. After an hour no access token of the former key is valid any more: once keys:list counts nothing
     under it, take it away and start every process anew.
  Ends with 1 where a secret is sealed with a key that is not there.`,
  async run(services, args, io) {
    const given = readArguments(args, {});
    const { resealed, unreadable } = await rotateKeys(services, systemOwner(services, "command"));
    const keyId = services.keyring.current.id;
    if (given.json) io.out(asJson({ keyId, resealed, unreadable }));
    else
      io.out(
        `${resealed} secrets sealed anew with key ${keyId}.${unreadable === 0 ? "" : ` ${unreadable} are sealed with a key that is not here.`}`,
      );
    return unreadable === 0 ? 0 : 1;
  },
};

const list: Command = {
  name: "keys:list",
  summary: "List the master keys by name, and what is sealed with each",
  usage: `wardline keys:list [--json]

  Ends with 1 where a secret is sealed with a key that is not there.`,
  async run(services, args, io) {
    const given = readArguments(args, {});
    const keys = await listKeys(services, systemOwner(services, "command"));
    if (given.json) io.out(asJson(keys));
    else
      io.out(
        table([
          ["KEY", "STATE", "SECRETS"],
          ...keys.map((key) => [key.keyId, key.state, String(key.secrets)]),
        ]),
      );
    return keys.some((key) => key.state === "missing") ? 1 : 0;
  },
};

export const keyCommands: readonly Command[] = [rotate, list];
