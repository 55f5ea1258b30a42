import { inArray } from "drizzle-orm";
import type { HealthAlertCode } from "../../db/schema/control/health.ts";
import { tenants } from "../../db/schema/control/tenants.ts";

/** Why a hospital needs somebody: most pressing first. */
export type NeedKind =
  | "set-up"
  | "setting-up"
  | "unwell"
  | "silent"
  | "restricted"
  | "past-due"
  | "limit"
  | "trial-ending"
  | "deletion-due";

export interface Need {
  readonly kind: NeedKind;
  readonly tenantId: string;
  readonly hospital: string;
  /** Since when, or until when, by kind. */
  readonly at: Date | null;
  /** What alert it is. */
  readonly alert: HealthAlertCode | null;
  readonly limit: {
    readonly resource: "patients" | "users";
    readonly used: number;
    readonly allowed: number;
  } | null;
}

/** From the most pressing to the least. */
export const needOrder: readonly NeedKind[] = [
  "set-up",
  "unwell",
  "silent",
  "restricted",
  "past-due",
  "limit",
  "trial-ending",
  "deletion-due",
  "setting-up",
];

/** Hospitals that are worked in. */
export const worked = inArray(tenants.status, ["active", "suspended"]);
/** A need of no alert and no limit. */
export const plain = { alert: null, limit: null } as const;
