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

const code = () =>
  t.String({ minLength: 6, maxLength: 12, description: "Six digits, as the authenticator app shows them." });
const recoveryCode = () =>
  t.String({ minLength: 16, maxLength: 40, description: "One of the ten, in place of `code`; good once." });

/** A code of the app, or a recovery code. */
export const factorProof = { code: t.Optional(code()), recoveryCode: t.Optional(recoveryCode()) };

/** The second step of signing in by tokens. */
export const challengeInput = t.Object({
  challenge: t.String({ minLength: 20, maxLength: 200, description: "From the answer to the first step." }),
  ...factorProof,
});

const eitherCode = () => t.String({ minLength: 6, maxLength: 40 });

/** The second step in a browser, where the challenge lies in a cookie. One field takes either kind of code. */
export const codeForm = t.Object({ code: eitherCode() });

/** Proving anew who one is, on a page. */
export const confirmForm = t.Object({
  password: t.String({ minLength: 1, maxLength: 1024 }),
  code: t.Optional(eitherCode()),
});

/** What was typed into the one field: six digits are the app's, all else is a recovery code. */
export function proofOf(typed: string | undefined): {
  readonly code?: string;
  readonly recoveryCode?: string;
} {
  if (typed === undefined) return {};
  return /^\d{6}$/.test(typed.replaceAll(/[\s-]/g, "")) ? { code: typed } : { recoveryCode: typed };
}

export const confirmCodeInput = t.Object({ code: code() });

/** Proving anew who one is. */
export const stepUpInput = t.Object({
  password: t.String({ minLength: 1, maxLength: 1024 }),
  ...factorProof,
});

const person = { id: t.String({ format: "uuid" }), name: t.String(), email: t.String(), role: t.String() };

/** The person behind a token. */
export const signedInAnswer = t.Object({ ...person, permissions: t.Array(t.String()) });

/** `expiresIn` is the access token's life in seconds. */
export const tokensAnswer = t.Object({
  accessToken: t.String(),
  refreshToken: t.String(),
  tokenType: t.Literal("Bearer"),
  expiresIn: t.Integer(),
  user: t.Object({
    ...person,
    mustChangePassword: t.Boolean(),
    secondFactorDue: t.Boolean({
      description: "The role asks for a second factor: before it is set up, the tokens open nothing else.",
    }),
  }),
});

export const sessionAnswer = t.Object({
  id: t.String({ format: "uuid" }),
  kind: t.Union([t.Literal("browser"), t.Literal("token")]),
  device: t.Nullable(t.String()),
  address: t.Nullable(t.String()),
  createdAt: t.String({ format: "date-time" }),
  lastSeenAt: t.String({ format: "date-time" }),
  expiresAt: t.String({ format: "date-time" }),
  here: t.Boolean({ description: "The session that asks." }),
});

export const secondFactorAnswer = t.Object({
  since: t.Nullable(t.String({ format: "date-time" })),
  pending: t.Boolean({ description: "Begun, and not yet confirmed by a code." }),
  recoveryCodesLeft: t.Integer(),
  required: t.Boolean({ description: "The role asks for one." }),
});

export const enrolmentAnswer = t.Object({
  secret: t.String({ description: "Base32, to type where there is no camera." }),
  uri: t.String({ description: "otpauth://, as the picture holds it." }),
  picture: t.String({ description: "The URI as a QR code, SVG." }),
});

export const recoveryCodesAnswer = t.Object({
  recoveryCodes: t.Array(t.String(), { description: "Told this once." }),
});
