import { type AuditEntry, audit, auditOwner } from "../audit/audit.ts";
import type { HospitalContext, OwnerContext } from "../tenancy/context.ts";
import { authorize, type HospitalPermission, type OwnerPermission } from "./permissions.ts";
import type { PlaneTx } from "./plane.ts";

/** Which side of the house. */
export type Side = "hospital" | "owner";

/** Somebody acting on either side: what a rule is given that both sides share. */
export type EitherContext = HospitalContext | OwnerContext;

// open: pure
export function sideOf(context: EitherContext): Side {
  return "hospital" in context ? "hospital" : "owner";
}

/** `authorize`, where the two sides call the right differently. @throws AppError forbidden (403). */
export function authorizeAt(
  context: EitherContext,
  permission: { readonly hospital: HospitalPermission; readonly owner: OwnerPermission },
): void {
  if ("hospital" in context) authorize(context.actor, permission.hospital);
  else authorize(context.actor, permission.owner);
}

/** Writes an audit row in the transaction of the act. */
export type Note = (entry: Omit<AuditEntry, "patientId">) => Promise<void>;

/** One transaction on the side of who asks; what `work` notes lands in that side's audit. */
// open: part of rules that have authorized
export function writeNoted<T>(
  context: EitherContext,
  work: (tx: PlaneTx, note: Note) => Promise<T>,
): Promise<T> {
  return "hospital" in context
    ? context.write((tx) => work(tx, (entry) => audit(tx, context, entry)))
    : context.write((tx) => work(tx, (entry) => auditOwner(tx, context, entry)));
}
