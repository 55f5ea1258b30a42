import type { KeyTables } from "../../../db/schema/api-keys.ts";
import { ownerApiKeys, ownerApiKeyUses, ownerKeyPolicy } from "../../../db/schema/control/keys.ts";
import { auditOwner } from "../../audit/audit.ts";
import { forgetApiKeys } from "../../auth/api-key-actor.ts";
import {
  type ChangeKeyInput,
  type CreateKeyInput,
  type KeyPolicyInput,
  keyChangesOf,
  keyValuesOf,
  type RotateKeyInput,
} from "../../auth/api-keys.input.ts";
import {
  type ApiKey,
  changeKey,
  endKey,
  insertKey,
  lockKey,
  type NewKey,
  readKey,
  readKeyPolicy,
  readKeys,
  refuseScopes,
  rotateSecret,
  writeKeyPolicy,
} from "../../auth/api-keys.ts";
import { requireProofForScopes } from "../../auth/broad-scopes.ts";
import { authorize, may, ownerScopes } from "../../auth/permissions.ts";
import type { OwnerContext } from "../../tenancy/context.ts";

/** Where the owner plane's keys are kept. */
export const ownerKeyTables: KeyTables = {
  keys: ownerApiKeys,
  uses: ownerApiKeyUses,
  policy: ownerKeyPolicy,
  people: "operators",
};

const scopes: ReadonlySet<string> = new Set(ownerScopes);
/** Whether a program of the owner's may hold this right. */
export const isOwnerScope = (scope: string): boolean => scopes.has(scope);

/** Whether who asks could give this scope to a key: each that they hold. */
// open: pure
export function maySetScope(context: OwnerContext, scope: string): boolean {
  const { actor } = context;
  return actor.kind === "system" || actor.permissions.has(scope);
}

const operatorIdOf = ({ actor }: OwnerContext) => (actor.kind === "operator" ? actor.operatorId : null);

const rulesFor = (context: OwnerContext) => ({
  isScope: isOwnerScope,
  holds: (scope: string) => maySetScope(context, scope),
});

/** The owner plane's keys. @throws AppError forbidden (403). */
export async function listKeys(context: OwnerContext): Promise<readonly ApiKey[]> {
  authorize(context.actor, "keys:read");
  return readKeys(context.db, ownerKeyTables, context.clock.now());
}

/** One key. @throws AppError not-found (404); forbidden (403). */
export async function getKey(context: OwnerContext, id: string): Promise<ApiKey> {
  authorize(context.actor, "keys:read");
  return readKey(context.db, ownerKeyTables, id, context.clock.now());
}

/**
 * Makes a key with no more rights than its maker holds. The key is the company's: it goes on when its maker leaves.
 * @throws AppError invalid (422); forbidden (403) `key.beyond-own`, or for the proof that
 *   broad rights need.
 */
export async function createKey(context: OwnerContext, input: CreateKeyInput): Promise<NewKey> {
  authorize(context.actor, "keys:edit");
  const values = keyValuesOf(input);
  refuseScopes(values.scopes, rulesFor(context));
  await requireProofForScopes(context, values.scopes);
  const maker = { id: operatorIdOf(context), name: context.actor.name };
  return context.write(async (tx) => {
    const made = await insertKey(tx, ownerKeyTables, values, maker, context.clock.now());
    const { kind, scopes, networks, expiresAt } = made.key;
    await auditOwner(tx, context, {
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
  context: OwnerContext,
  id: string,
  input: ChangeKeyInput,
  version?: number,
): Promise<ApiKey> {
  authorize(context.actor, "keys:edit");
  await requireProofForScopes(context, input.scopes ?? []);
  const now = context.clock.now();
  const changed = await context.write(async (tx) => {
    const current = await lockKey(tx, ownerKeyTables, id, version, now);
    const values = keyChangesOf(input);
    const wanted = values.scopes ?? current.scopes;
    const given = wanted.filter((scope) => !current.scopes.includes(scope));
    const taken = current.scopes.filter((scope) => !wanted.includes(scope));
    refuseScopes(given, rulesFor(context));
    refuseScopes(taken.filter(isOwnerScope), rulesFor(context));
    const { key, fields } = await changeKey(tx, ownerKeyTables, current, values, now);
    if (fields.length > 0)
      await auditOwner(tx, context, {
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
  context: OwnerContext,
  id: string,
  input: RotateKeyInput,
  version?: number,
): Promise<NewKey> {
  authorize(context.actor, "keys:edit");
  await requireProofForScopes(context, (await getKey(context, id)).scopes);
  const now = context.clock.now();
  const rotated = await context.write(async (tx) => {
    const current = await lockKey(tx, ownerKeyTables, id, version, now);
    // Whoever sees the new secret could act with all that the key holds.
    refuseScopes(current.scopes.filter(isOwnerScope), rulesFor(context));
    const overlapHours = input.overlapHours ?? 24;
    const made = await rotateSecret(tx, ownerKeyTables, current, overlapHours, now);
    await auditOwner(tx, context, {
      event: "key.rotated",
      ...{ entity: "key", entityId: id, details: { overlapHours } },
    });
    return made;
  });
  forgetApiKeys();
  return rotated;
}

/** Ends a key at once, on every copy of the app within half a second. @throws AppError not-found (404); conflict (409); forbidden (403). */
export async function revokeKey(context: OwnerContext, id: string, version?: number): Promise<ApiKey> {
  authorize(context.actor, "keys:edit");
  const now = context.clock.now();
  const ended = await context.write(async (tx) => {
    await lockKey(tx, ownerKeyTables, id, version, now);
    const key = await endKey(tx, ownerKeyTables, id, context.actor.name, now);
    await auditOwner(tx, context, { event: "key.revoked", entity: "key", entityId: id });
    return key;
  });
  forgetApiKeys();
  return ended;
}

/** Whether programs have to name themselves where nobody's token is sent. @throws AppError forbidden (403). */
export async function getKeyPolicy(context: OwnerContext): Promise<KeyPolicyInput> {
  authorize(context.actor, "keys:read");
  return readKeyPolicy(context.db, ownerKeyTables);
}

/** Says whether they have to. @throws AppError forbidden (403). */
export async function setKeyPolicy(context: OwnerContext, input: KeyPolicyInput): Promise<KeyPolicyInput> {
  authorize(context.actor, "keys:edit");
  await context.write(async (tx) => {
    await writeKeyPolicy(tx, ownerKeyTables, input.requireAppKey, context.clock.now());
    await auditOwner(tx, context, {
      event: "key-policy.updated",
      ...{ entity: "key-policy", entityId: null, details: { ...input } },
    });
  });
  forgetApiKeys();
  return getKeyPolicy(context);
}

/** Whether who asks makes and ends keys. */
// open: pure
export function mayEditKeys(context: OwnerContext): boolean {
  return may(context.actor, "keys:edit");
}
