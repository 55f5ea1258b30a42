import { type KeyUse, listKeys, type Rotation, rotateKeys } from "../bridge/rotate-keys.ts";
import { systemClock } from "../clock.ts";
import type { Env } from "../env.ts";
import type { Log } from "../log.ts";
import { type NodeFoundation, openNodeFoundation } from "../node/foundation.ts";
import { listNodeKeys, rotateNodeKeys } from "../node/rotate-keys.ts";
import { readArguments } from "./arguments.ts";
import { asJson, type Command, type CommandIo, table } from "./command.ts";
import { insideOwner } from "./place.ts";

async function onNode<T>(env: Env, log: Log, work: (node: NodeFoundation) => Promise<T>): Promise<T> {
  const foundation = await openNodeFoundation(env, log, { borrow: true });
  try {
    return await work(foundation);
  } finally {
    await foundation.close();
  }
}

function tellRotation(io: CommandIo, asked: boolean, keyId: string, rotation: Rotation): number {
  const { resealed, unreadable } = rotation;
  if (asked) io.out(asJson({ keyId, resealed, unreadable }));
  else
    io.out(
      `${resealed} secrets sealed anew with key ${keyId}.${unreadable === 0 ? "" : ` ${unreadable} are sealed with a key that is not here.`}`,
    );
  return unreadable === 0 ? 0 : 1;
}

function tellKeys(io: CommandIo, asked: boolean, keys: readonly KeyUse[]): number {
  const rows = keys.map((key) => [key.keyId, key.state, String(key.secrets)]);
  io.out(asked ? asJson(keys) : table([["KEY", "STATE", "SECRETS"], ...rows]));
  return keys.some((key) => key.state === "missing") ? 1 : 0;
}

const rotate: Command = {
  name: "keys:rotate",
  summary: "Seal every secret anew with the newest master key",
  usage: `wardline keys:rotate [--json]

  1. Make a key (openssl rand -hex 32). Set it as WARDLINE_MASTER_KEY and the former one as
     WARDLINE_MASTER_KEY_PREVIOUS, or put it above the former one in master.key. Start every process anew.
  2. Run this. Cut off and run again, it goes on. On a hospital's own server: with WARDLINE_MODE=hospital.
  3. After an hour no access token of the former key is valid any more: once keys:list counts nothing
     under it, take it away and start every process anew.
  Ends with 1 where a secret is sealed with a key that is not there.`,
  async run(services, args, io) {
    const { json } = readArguments(args, {});
    const rotation = await rotateKeys(services, insideOwner(services));
    return tellRotation(io, json === true, services.keyring.current.id, rotation);
  },
  async onSite(env, log, args, io) {
    const { json } = readArguments(args, {});
    return onNode(env, log, async (node) =>
      tellRotation(io, json === true, node.keyring.current.id, await rotateNodeKeys(node, systemClock)),
    );
  },
};

const list: Command = {
  name: "keys:list",
  summary: "List the master keys by name, and what is sealed with each",
  usage: `wardline keys:list [--json]

  On a hospital's own server: with WARDLINE_MODE=hospital.
  Ends with 1 where a secret is sealed with a key that is not there.`,
  async run(services, args, io) {
    const { json } = readArguments(args, {});
    return tellKeys(io, json === true, await listKeys(services, insideOwner(services)));
  },
  async onSite(env, log, args, io) {
    const { json } = readArguments(args, {});
    return tellKeys(io, json === true, await onNode(env, log, listNodeKeys));
  },
};

export const keyCommands: readonly Command[] = [rotate, list];
