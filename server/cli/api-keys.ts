import type { EitherContext } from "../auth/either-side.ts";
import type { NewKey } from "../auth/keys/key-writes.ts";
import { createKey, listKeys, revokeKey, rotateKey } from "../auth/keys/keys.ts";
import { AppError } from "../errors.ts";
import { needed, readArguments, UsageError } from "./arguments.ts";
import { asJson, type Command, table } from "./command.ts";
import { placeOf, placeOptions } from "./place.ts";

const text = { type: "string" } as const;
const place = "--hospital SUBDOMAIN | --owner";

/** A key by its id, or by the part that is shown. @throws AppError not-found. */
async function keyIdOf(context: EitherContext, asked: string): Promise<string> {
  const found = (await listKeys(context)).find(
    ({ id, prefix }) => id === asked || prefix.replace("…", "") === asked,
  );
  if (found === undefined) throw new AppError("not-found", "key.not-found", "There is no such key.");
  return found.id;
}

const told = ({ key, secret }: NewKey, json: boolean) =>
  json ? asJson({ key, secret }) : `${key.name} (${key.id})\nKey, told this once: ${secret}`;

const list: Command = {
  name: "api-keys:list",
  summary: "List the keys of programs",
  usage: `wardline api-keys:list ${place} [--json]`,
  async run(services, args, io) {
    const given = readArguments(args, placeOptions);
    const keys = await listKeys((await placeOf(services, given)).context);
    const rows = keys.map((key) => [
      ...[key.id, key.prefix, key.name, key.state, key.createdByName],
      key.expiresAt?.toISOString() ?? "never",
      key.lastUsedAt?.toISOString() ?? "never",
    ]);
    io.out(
      given.json
        ? asJson(keys)
        : table([["ID", "KEY", "NAME", "STATE", "MADE BY", "EXPIRES", "LAST USE"], ...rows]),
    );
    return 0;
  },
};

const create: Command = {
  name: "api-keys:create",
  summary: "Make a key for a program; its secret is told once",
  usage: `wardline api-keys:create ${place} --name NAME --scope RIGHT [--scope RIGHT …] [options]

  --scope RIGHT      a right that the program has, such as patients:read; several times for several
  --app              an app key instead: it names a program and holds no rights
  --network NETWORK  an address or network (10.1.0.0/16) it may be used from; several times for several
  --expires DATE     when it ends, such as 2027-01-31 (never)
  --json             answer as JSON`,
  async run(services, args, io) {
    const many = { type: "string", multiple: true } as const;
    const given = readArguments(args, {
      ...placeOptions,
      ...{ name: text, scope: many, network: many, expires: text },
      app: { type: "boolean", default: false },
    });
    const until = given.expires === undefined ? null : new Date(given.expires);
    if (until !== null && Number.isNaN(until.getTime())) throw new UsageError("--expires is a date.");
    const made = await createKey((await placeOf(services, given)).context, {
      kind: given.app ? "app" : "api",
      name: needed("name", given.name),
      scopes: given.scope ?? [],
      networks: given.network ?? [],
      expiresAt: until?.toISOString() ?? null,
    });
    io.out(told(made, given.json));
    return 0;
  },
};

const rotate: Command = {
  name: "api-keys:rotate",
  summary: "Give a key a new secret; the old one works a while longer",
  usage: `wardline api-keys:rotate ${place} --id ID [--overlap-hours N] [--json]

  --id ID            as api-keys:list shows it, or the part of the key that is shown
  --overlap-hours N  how long the old secret works beside the new one: 0 to 168 (24)`,
  async run(services, args, io) {
    const given = readArguments(args, { ...placeOptions, id: text, "overlap-hours": text });
    const hours = given["overlap-hours"] === undefined ? undefined : Number(given["overlap-hours"]);
    if (hours !== undefined && !(Number.isInteger(hours) && hours >= 0 && hours <= 168))
      throw new UsageError("--overlap-hours is a whole number from 0 to 168.");
    const { context } = await placeOf(services, given);
    const id = await keyIdOf(context, needed("id", given.id));
    const overlap = hours === undefined ? {} : { overlapHours: hours };
    io.out(told(await rotateKey(context, id, overlap), given.json));
    return 0;
  },
};

const revoke: Command = {
  name: "api-keys:revoke",
  summary: "End a key at once",
  usage: `wardline api-keys:revoke ${place} --id ID [--json]`,
  async run(services, args, io) {
    const given = readArguments(args, { ...placeOptions, id: text });
    const { context } = await placeOf(services, given);
    const key = await revokeKey(context, await keyIdOf(context, needed("id", given.id)));
    io.out(given.json ? asJson(key) : `${key.name} is revoked.`);
    return 0;
  },
};

export const apiKeyCommands: readonly Command[] = [list, create, rotate, revoke];
