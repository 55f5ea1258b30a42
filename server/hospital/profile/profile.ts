import { eq, sql } from "drizzle-orm";
import { users } from "../../../db/schema/hospital/users.ts";
import { audit } from "../../audit/audit.ts";
import { forgetHospitalActors } from "../../auth/hospital-actor.ts";
import type { UserActor } from "../../auth/permissions.ts";
import { AppError, invalidField, notFound } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { ProfileInput } from "./profile.input.ts";

/** A person's own account; only people have one. @throws AppError forbidden (403). */
function ownAccount(context: HospitalContext): UserActor {
  if (context.actor.kind === "user") return context.actor;
  throw new AppError("forbidden", "user.none", "Only a person has a profile.");
}

export interface Profile {
  readonly name: string;
  readonly email: string;
  readonly language: "en" | "ur" | "hi" | null;
  readonly theme: "light" | "dark" | "system";
  readonly mustChangePassword: boolean;
}

/** What a person set for themselves. */
// open: one's own account
export async function getProfile(context: HospitalContext): Promise<Profile> {
  const { userId } = ownAccount(context);
  const [row] = await context.db
    .select({
      name: users.name,
      email: users.email,
      language: users.language,
      theme: users.theme,
      mustChangePassword: users.mustChangePassword,
    })
    .from(users)
    .where(eq(users.id, userId));
  if (row === undefined) throw notFound("user");
  return row;
}

/** Changes one's own name, language and appearance. @throws AppError invalid (422). */
// open: one's own account
export async function updateProfile(context: HospitalContext, input: ProfileInput): Promise<void> {
  const { userId } = ownAccount(context);
  const name = input.name.normalize("NFC").replace(/\s+/gu, " ").trim();
  if (name === "") throw invalidField("name", "required", "Enter this.");
  const now = context.clock.now();
  await context.write(async (tx) => {
    await tx
      .update(users)
      .set({
        ...{ name, language: input.language ?? null, theme: input.theme, updatedAt: now },
        version: sql`${users.version} + 1`,
      })
      .where(eq(users.id, userId));
    await audit(tx, context, { event: "user.profile-changed", entity: "user", entityId: userId });
  });
  forgetHospitalActors();
}
