import { boolean, pgTable, text } from "drizzle-orm/pg-core";
import { instant } from "../columns.ts";
import { challengeTable, recoveryCodeTable, secondFactorTable } from "../second-factor.ts";
import { operatorRoles, operators } from "./operators.ts";

export const operatorSecondFactors = secondFactorTable("operator_second_factors", () => operators.id);
export const operatorRecoveryCodes = recoveryCodeTable("operator_recovery_codes", () => operators.id);
export const operatorChallenges = challengeTable("operator_challenges", () => operators.id);

/** What each role of the owner portal asks of its people at sign-in. A role without a row asks for a password alone. */
export const operatorRoleRules = pgTable("operator_role_rules", {
  role: text({ enum: operatorRoles }).primaryKey(),
  requiresSecondFactor: boolean().notNull().default(false),
  updatedAt: instant().notNull().defaultNow(),
});
