import { type Static, t } from "elysia";
import { email, line, lines, oneOf, phone } from "../../input.ts";

export const settingsInput = t.Object({
  name: t.Optional(line(120, { min: 2 })),
  timeZone: t.Optional(line(60, { description: "IANA name, such as Asia/Karachi." })),
  currency: t.Optional(t.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217.", refusal: "not-one-of" })),
  language: t.Optional(oneOf(["en", "ur", "hi"])),
  contactEmail: t.Optional(t.Nullable(email())),
  contactPhone: t.Optional(t.Nullable(phone())),
  address: t.Optional(t.Nullable(lines(300))),
});
export type SettingsInput = Static<typeof settingsInput>;

export const settingsRow = t.Object(
  {
    name: t.String(),
    timeZone: t.String(),
    currency: t.String(),
    language: oneOf(["en", "ur", "hi"]),
    contactEmail: t.Nullable(t.String()),
    contactPhone: t.Nullable(t.String()),
    address: t.Nullable(t.String()),
    updatedAt: t.String({ format: "date-time" }),
    version: t.Integer(),
  },
  { title: "HospitalSettings" },
);
