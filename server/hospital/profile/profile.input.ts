import { type Static, t } from "elysia";
import { line, oneOf } from "../../input.ts";

export const profileInput = t.Object({
  name: line(120),
  language: t.Optional(oneOf(["en", "ur", "hi"])),
  theme: oneOf(["light", "dark", "system"]),
});
export type ProfileInput = Static<typeof profileInput>;
