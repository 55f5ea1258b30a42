import { t } from "elysia";
import { wholeNumber } from "../input.ts";

/** Eight is the least that is advised (NIST SP 800-63B); longer than 64 nobody types. */
const bounds = {
  minimumLength: { minimum: 8, maximum: 64 },
  remembered: { minimum: 0, maximum: 24 },
  maximumAgeDays: { minimum: 1, maximum: 3650 },
} as const;

export const policyInput = t.Object({
  minimumLength: wholeNumber(bounds.minimumLength),
  remembered: wholeNumber(bounds.remembered),
  maximumAgeDays: t.Nullable(wholeNumber(bounds.maximumAgeDays)),
  refuseCommon: t.Boolean(),
});

/** As a form sends it: an empty age is none, a box that is not ticked is not sent. */
export const policyForm = t.Object({
  minimumLength: wholeNumber(bounds.minimumLength),
  remembered: wholeNumber(bounds.remembered),
  maximumAgeDays: t.Optional(wholeNumber(bounds.maximumAgeDays)),
  refuseCommon: t.Optional(t.String({ maxLength: 10 })),
});

export const policyRow = t.Object(
  { ...policyInput.properties, version: t.Integer() },
  { title: "PasswordPolicy" },
);
