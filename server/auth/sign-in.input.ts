import { type Static, t } from "elysia";

/** What a person types to sign in. */
export const signInInput = t.Object({
  email: t.String({ minLength: 3, maxLength: 254, format: "email" }),
  password: t.String({ minLength: 1, maxLength: 1024 }),
});
export type SignInInput = Static<typeof signInInput>;

/** What the sign-in form held, to show it again. */
export function signInForm(body: unknown): { readonly email: string; readonly returnTo: string } {
  const text = (name: string): string => {
    const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === "string" ? value.slice(0, 2_000) : "";
  };
  return { email: text("email"), returnTo: text("returnTo") };
}

export const refreshInput = t.Object({ refreshToken: t.String({ minLength: 20, maxLength: 200 }) });

const person = { id: t.String({ format: "uuid" }), name: t.String(), email: t.String(), role: t.String() };

/** The person behind a token. */
export const signedInAnswer = t.Object({ ...person, permissions: t.Array(t.String()) });

/** `expiresIn` is the access token's life in seconds. */
export const tokensAnswer = t.Object({
  accessToken: t.String(),
  refreshToken: t.String(),
  tokenType: t.Literal("Bearer"),
  expiresIn: t.Integer(),
  user: t.Object({ ...person, mustChangePassword: t.Boolean() }),
});
