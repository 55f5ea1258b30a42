import { type Static, t } from "elysia";
import { supportStates } from "../../../db/schema/hospital/support.ts";
import type { HospitalPermission } from "../../auth/permissions.ts";
import { lines, oneOf, wholeNumber } from "../../input.ts";

/** Support is let in for a quarter of an hour to eight hours. */
export const supportMinutes = { least: 15, most: 480 } as const;

/** All that support may ever be given. It decides nothing about people, roles or restricted records. */
export const supportRights = [
  "departments:read",
  "users:read",
  "roles:read",
  "settings:read",
  "sync:read",
  "settings:edit",
  "sync:push",
  "patients:read",
  "clinical:read",
] as const satisfies readonly HospitalPermission[];

/** What is ticked unless somebody chooses otherwise: to look, and at no patient. */
export const supportRightsByDefault = [
  "departments:read",
  "users:read",
  "roles:read",
  "settings:read",
  "sync:read",
] as const satisfies readonly (typeof supportRights)[number][];

export const acceptInput = t.Object({
  minutes: t.Optional(wholeNumber({ minimum: supportMinutes.least, maximum: supportMinutes.most })),
  permissions: t.Optional(t.Array(oneOf(supportRights), { maxItems: supportRights.length })),
});
export type AcceptInput = Static<typeof acceptInput>;
export const acceptForm = t.Object({
  minutes: t.Integer({ minimum: supportMinutes.least, maximum: supportMinutes.most }),
});

export const refuseInput = t.Object({ note: t.Optional(lines(500)) });

const maybe = () => t.Nullable(t.String());

export const supportGrantRow = t.Object(
  {
    id: t.String({ format: "uuid" }),
    operatorName: t.String(),
    operatorEmail: t.String(),
    reason: t.String(),
    minutesAsked: t.Integer(),
    askedAt: t.String({ format: "date-time" }),
    status: oneOf(supportStates),
    decidedByName: maybe(),
    decidedAt: maybe(),
    note: maybe(),
    permissions: t.Array(t.String()),
    expiresAt: maybe(),
    enteredAt: maybe(),
    endedAt: maybe(),
    endedByName: maybe(),
  },
  { title: "SupportGrant" },
);
