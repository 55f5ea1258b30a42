import { randomInt } from "node:crypto";
import { and, count, eq, isNull } from "drizzle-orm";
import { sha256 } from "../crypto.ts";
import type { Plane, PlaneTx } from "./plane.ts";

/** No letter or digit that is taken for another when copied by hand. */
const letters = "abcdefghjkmnpqrstuvwxyz23456789";
const codesAtOnce = 10;

/** Four groups of four of 31 signs: 79 bits, so that a plain hash keeps the code as well as a slow one. */
function newCode(): string {
  const group = () => Array.from({ length: 4 }, () => letters.charAt(randomInt(letters.length))).join("");
  return [group(), group(), group(), group()].join("-");
}

/** What is kept of a code. */
export const recoveryCodeHash = (personId: string, code: string) =>
  sha256(`${personId} ${code.toLowerCase().replaceAll(/[^a-z0-9]/g, "")}`);

/** Ten new codes in place of those there were. They are told once; only hashes stay. */
// open: part of rules that have proved whose account it is
export async function replaceRecoveryCodes(
  plane: Plane,
  tx: PlaneTx,
  personId: string,
): Promise<readonly string[]> {
  const { recoveryCodes } = plane.tables;
  const codes = Array.from({ length: codesAtOnce }, newCode);
  const createdAt = plane.clock.now();
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.personId, personId));
  await tx
    .insert(recoveryCodes)
    .values(codes.map((code) => ({ personId, codeHash: recoveryCodeHash(personId, code), createdAt })));
  return codes;
}

/** Uses a code up; false where it is none of theirs or was used before. */
// open: the code is the proof
export async function spendRecoveryCode(
  plane: Plane,
  tx: PlaneTx,
  personId: string,
  code: string,
): Promise<boolean> {
  const { recoveryCodes } = plane.tables;
  const spent = await tx
    .update(recoveryCodes)
    .set({ spentAt: plane.clock.now() })
    .where(
      and(
        eq(recoveryCodes.personId, personId),
        eq(recoveryCodes.codeHash, recoveryCodeHash(personId, code)),
        isNull(recoveryCodes.spentAt),
      ),
    )
    .returning({ id: recoveryCodes.id });
  return spent.length === 1;
}

/** How many codes are left. */
// open: part of rules about one's own account
export async function recoveryCodesLeft(plane: Plane, personId: string): Promise<number> {
  const { recoveryCodes } = plane.tables;
  const [row] = await plane.db
    .select({ left: count() })
    .from(recoveryCodes)
    .where(and(eq(recoveryCodes.personId, personId), isNull(recoveryCodes.spentAt)));
  return row?.left ?? 0;
}
