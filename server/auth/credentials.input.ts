import { type Static, t } from "elysia";
import { email, oneOf } from "../input.ts";
import type { LinkProof } from "./recovery.ts";

/** A password to be: its length is the policy's affair, and bounded here so that nobody has us hash a book. */
const chosen = () => t.String({ minLength: 1, maxLength: 1024, refusal: "too-weak" });
const known = () => t.String({ minLength: 1, maxLength: 1024 });

export const changePasswordInput = t.Object({ currentPassword: known(), newPassword: chosen() });

/** As a form sends it: typed twice. */
export const passwordForm = t.Object({ ...changePasswordInput.properties, repeatPassword: known() });

export const emailChangeInput = t.Object({ email: email(), currentPassword: known() });

export const requestResetInput = t.Object({
  email: email(),
  language: t.Optional(oneOf(["en", "ur", "hi"])),
});
export const forgottenForm = t.Object({ email: email() });

const token = () => t.String({ minLength: 20, maxLength: 200, description: "From the mailed link." });
const code = () =>
  t.String({
    minLength: 1,
    maxLength: 20,
    description: "From the same mail, for those who cannot follow a link.",
  });

const proof = { token: t.Optional(token()), email: t.Optional(email()), code: t.Optional(code()) };

export const resetInput = t.Object({ ...proof, newPassword: chosen() });
export const resetForm = t.Object({ ...proof, newPassword: chosen(), repeatPassword: known() });
export const verifyEmailInput = t.Object(proof);

/** The link, else the address and the code; null where neither is there. */
export function proofIn(input: Static<typeof verifyEmailInput>): LinkProof | null {
  if (input.token !== undefined) return { token: input.token };
  return input.email !== undefined && input.code !== undefined
    ? { email: input.email, code: input.code }
    : null;
}
