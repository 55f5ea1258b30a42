import { type EitherContext, writeNoted } from "../either-side.ts";
import { authorize, may } from "../permissions.ts";
import { requireProofForScopes } from "./broad-scopes.ts";
import { readKeyPolicy, writeKeyPolicy } from "./key-policy.ts";
import { type ApiKey, lockKey, readKey, readKeys } from "./key-rows.ts";
import { refuseScopes } from "./key-scopes.ts";
import { keySideOf } from "./key-sides.ts";
import { changeKey, endKey, insertKey, type NewKey, rotateSecret } from "./key-writes.ts";
import {
  type ChangeKeyInput,
  type CreateKeyInput,
  type KeyPolicyInput,
  keyChangesOf,
  keyValuesOf,
  type RotateKeyInput,
} from "./keys.input.ts";
import { forgetApiKeys } from "./presented-key.ts";

/** The person who makes a key; null where a command or the product does. */
function makerIdOf({ actor }: EitherContext): string | null {
  return actor.kind === "user" ? actor.userId : actor.kind === "operator" ? actor.operatorId : null;
}

/** The keys of one side of the house. @throws AppError forbidden (403). */
export async function listKeys(context: EitherContext): Promise<readonly ApiKey[]> {
  authorize(context.actor, "keys:read");
  return readKeys(context.db, keySideOf(context).tables, context.clock.now());
}

/** One key. @throws AppError not-found (404); forbidden (403). */
export async function getKey(context: EitherContext, id: string): Promise<ApiKey> {
  authorize(context.actor, "keys:read");
  return readKey(context.db, keySideOf(context).tables, id, context.clock.now());
}

/**
 * Makes a key with no more rights than its maker holds. The key is the hospital's, or the company's: it
 * goes on when its maker leaves.
 * @throws AppError invalid (422); forbidden (403) `key.beyond-own`, or for the proof that
 *   broad rights need.
 */
export async function createKey(context: EitherContext, input: CreateKeyInput): Promise<NewKey> {
  authorize(context.actor, "keys:edit");
  const { tables } = keySideOf(context);
  const values = keyValuesOf(input);
  refuseScopes(context, values.scopes);
  await requireProofForScopes(context, values.scopes);
  const maker = { id: makerIdOf(context), name: context.actor.name };
  return writeNoted(context, async (tx, note) => {
    const made = await insertKey(tx, tables, values, maker, context.clock.now());
    const { kind, scopes, networks, expiresAt } = made.key;
    await note({
      event: "key.created",
      ...{ entity: "key", entityId: made.key.id, details: { kind, scopes, networks, expiresAt } },
    });
    return made;
  });
}

/**
 * Changes a key; it counts at its next call. Who changes rights holds each that is given or taken.
 * @throws AppError not-found (404); precondition-failed (412); conflict (409) `key.revoked`; invalid (422); forbidden (403).
 */
export async function updateKey(
  context: EitherContext,
  id: string,
  input: ChangeKeyInput,
  version?: number,
): Promise<ApiKey> {
  authorize(context.actor, "keys:edit");
  const { tables, isScope } = keySideOf(context);
  await requireProofForScopes(context, input.scopes ?? []);
  const now = context.clock.now();
  const changed = await writeNoted(context, async (tx, note) => {
    const current = await lockKey(tx, tables, id, version, now);
    const values = keyChangesOf(input);
    const wanted = values.scopes ?? current.scopes;
    const given = wanted.filter((scope) => !current.scopes.includes(scope));
    const taken = current.scopes.filter((scope) => !wanted.includes(scope));
    refuseScopes(context, given);
    refuseScopes(context, taken.filter(isScope));
    const { key, fields } = await changeKey(tx, tables, current, values, now);
    if (fields.length > 0)
      await note({
        event: "key.updated",
        ...{ entity: "key", entityId: id, details: { fields, given, taken } },
      });
    return key;
  });
  forgetApiKeys();
  return changed;
}

/**
 * Gives a key a new secret, told once; the old one works for the overlap that was asked for, seven days at most.
 * @throws AppError not-found (404); conflict (409) `key.revoked`; forbidden (403).
 */
export async function rotateKey(
  context: EitherContext,
  id: string,
  input: RotateKeyInput,
  version?: number,
): Promise<NewKey> {
  authorize(context.actor, "keys:edit");
  const { tables, isScope } = keySideOf(context);
  await requireProofForScopes(context, (await getKey(context, id)).scopes);
  const now = context.clock.now();
  const rotated = await writeNoted(context, async (tx, note) => {
    const current = await lockKey(tx, tables, id, version, now);
    // Whoever sees the new secret could act with all that the key holds.
    refuseScopes(context, current.scopes.filter(isScope));
    const overlapHours = input.overlapHours ?? 24;
    const made = await rotateSecret(tx, tables, current, overlapHours, now);
    await note({
      event: "key.rotated",
      ...{ entity: "key", entityId: id, details: { overlapHours } },
    });
    return made;
  });
  forgetApiKeys();
  return rotated;
}

/** Ends a key at once, on every copy of the app within half a second. @throws AppError not-found (404); conflict (409); forbidden (403). */
export async function revokeKey(context: EitherContext, id: string, version?: number): Promise<ApiKey> {
  authorize(context.actor, "keys:edit");
  const { tables } = keySideOf(context);
  const now = context.clock.now();
  const ended = await writeNoted(context, async (tx, note) => {
    await lockKey(tx, tables, id, version, now);
    const key = await endKey(tx, tables, id, context.actor.name, now);
    await note({ event: "key.revoked", entity: "key", entityId: id });
    return key;
  });
  forgetApiKeys();
  return ended;
}

/** Whether programs have to name themselves where nobody's token is sent. @throws AppError forbidden (403). */
export async function getKeyPolicy(context: EitherContext): Promise<KeyPolicyInput> {
  authorize(context.actor, "keys:read");
  const { tables } = keySideOf(context);
  return readKeyPolicy(context.db, tables);
}

/** Says whether they have to. @throws AppError forbidden (403). */
export async function setKeyPolicy(context: EitherContext, input: KeyPolicyInput): Promise<KeyPolicyInput> {
  authorize(context.actor, "keys:edit");
  const { tables } = keySideOf(context);
  await writeNoted(context, async (tx, note) => {
    await writeKeyPolicy(tx, tables, input.requireAppKey, context.clock.now());
    await note({
      event: "key-policy.updated",
      ...{ entity: "key-policy", entityId: null, details: { ...input } },
    });
  });
  forgetApiKeys();
  return getKeyPolicy(context);
}

/** Whether who asks makes and ends keys. */
// open: pure
export function mayEditKeys(context: EitherContext): boolean {
  return may(context.actor, "keys:edit");
}
