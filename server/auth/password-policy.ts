import { type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { CredentialTables } from "../../db/schema/credentials.ts";
import type { PlaneDb } from "./plane.ts";

/** What a password must be at one hospital, or for operators. */
export interface PasswordPolicy {
  readonly minimumLength: number;
  /** So many of a person's last passwords are refused; 0: none but the current. */
  readonly remembered: number;
  /** Null: a password does not grow too old. */
  readonly maximumAgeDays: number | null;
  readonly refuseCommon: boolean;
  readonly version: number;
}

/** Where nobody has chosen otherwise (NIST SP 800-63B asks for length, not for kinds of characters, nor for age). */
export const standardPolicy: PasswordPolicy = {
  minimumLength: 10,
  remembered: 5,
  maximumAgeDays: null,
  refuseCommon: true,
  version: 0,
};

/** The policy in force. */
// open: a look-up; what a password must be is told to whoever chooses one
export async function readPolicy(
  db: PlaneDb,
  { policy }: Pick<CredentialTables, "policy">,
): Promise<PasswordPolicy> {
  const [row] = await db
    .select({
      minimumLength: policy.minimumLength,
      remembered: policy.remembered,
      maximumAgeDays: policy.maximumAgeDays,
      refuseCommon: policy.refuseCommon,
      version: policy.version,
    })
    .from(policy);
  return row ?? standardPolicy;
}

interface PersonColumns {
  readonly mustChangePassword: PgColumn;
  readonly passwordChangedAt: PgColumn;
  readonly createdAt: PgColumn;
}

/** Whether somebody must choose a password now: told to, or theirs is older than the policy lets it be. */
// open: a part of a statement
export function mustChangeNow(
  people: PersonColumns,
  policy: CredentialTables["policy"],
  now: Date,
): SQL<boolean> {
  const since = sql`coalesce(${people.passwordChangedAt}, ${people.createdAt})`;
  return sql<boolean>`(${people.mustChangePassword} or exists (
    select from ${policy} where ${since} < ${now.toISOString()}::timestamptz - ${policy.maximumAgeDays} * interval '1 day'))`;
}
