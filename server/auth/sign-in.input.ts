import { type Static, t } from "elysia";

/** What a person types to sign in. */
export const signInInput = t.Object({
  email: t.String({ minLength: 3, maxLength: 254, format: "email" }),
  password: t.String({ minLength: 1, maxLength: 1024 }),
});
export type SignInInput = Static<typeof signInInput>;

export const refreshInput = t.Object({ refreshToken: t.String({ minLength: 20, maxLength: 200 }) });
