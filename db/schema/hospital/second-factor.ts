import { challengeTable, recoveryCodeTable, secondFactorTable } from "../second-factor.ts";
import { users } from "./users.ts";

export const secondFactors = secondFactorTable("second_factors", () => users.id);
export const recoveryCodes = recoveryCodeTable("recovery_codes", () => users.id);
/** Not copied to the online copy: a sign-in is finished where it was begun. */
export const signInChallenges = challengeTable("sign_in_challenges", () => users.id);
