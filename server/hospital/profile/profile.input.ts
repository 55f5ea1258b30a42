import { type Static, t } from "elysia";
import { line, oneOf } from "../../input.ts";

export const profileInput = t.Object({
  name: line(120),
  language: t.Optional(oneOf(["en", "ur", "hi"])),
  theme: oneOf(["light", "dark", "system"]),
});
export type ProfileInput = Static<typeof profileInput>;

export const passwordInput = t.Object({
  currentPassword: t.String({ minLength: 1, maxLength: 200 }),
  newPassword: t.String({ minLength: 10, maxLength: 200, refusal: "too-weak" }),
  repeatPassword: t.String({ minLength: 1, maxLength: 200 }),
});
export type PasswordInput = Static<typeof passwordInput>;
