import { invalidField } from "../../errors.ts";
import { authorizeAt, type EitherContext, sideOf, writeNoted } from "../either-side.ts";
import { readLocks, type SignInLock, unlockAccount, unlockAddress } from "./lock-rows.ts";
import { lockTables } from "./lock-tables.ts";
import type { OpenLockInput } from "./locks.input.ts";

/** Whoever may suspend people may let them in again. */
const toOpen = { hospital: "users:suspend", owner: "operators:edit" } as const;

/** Sign-ins that are refused for a while after failed ones. @throws AppError forbidden (403). */
export async function listLocks(context: EitherContext): Promise<readonly SignInLock[]> {
  authorizeAt(context, toOpen);
  return readLocks(context.db, lockTables[sideOf(context)], context.clock.now());
}

/**
 * Lets an account, or an address, try again at once.
 * @returns whether anything was refused. @throws AppError invalid (422); forbidden (403).
 */
export async function openLock(context: EitherContext, input: OpenLockInput): Promise<boolean> {
  authorizeAt(context, toOpen);
  const { email, address } = input;
  if (email === undefined && address === undefined) throw invalidField("email", "required", "Enter this.");
  const tables = lockTables[sideOf(context)];
  return writeNoted(context, async (tx, note) => {
    const account = email !== undefined && (await unlockAccount(tx, tables, email));
    const door = address !== undefined && (await unlockAddress(tx, tables, address));
    if (account || door)
      await note({
        event: "sign-in.opened",
        ...{ entity: "sign-in", entityId: email?.toLowerCase() ?? null },
        ...(address === undefined ? {} : { details: { address } }),
      });
    return account || door;
  });
}
