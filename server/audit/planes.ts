import type { ControlDb, HospitalDb } from "../../db/planes.ts";

/** The tables of one plane's audit; the two differ in nothing but their names and in whom a row concerns. */
export interface AuditTables {
  readonly rows: "audit_log" | "owner_audit";
  readonly lanes: "audit_lanes" | "owner_audit_lanes";
  readonly subject: "patient_id" | "tenant_id";
}

export const hospitalAudit: AuditTables = { rows: "audit_log", lanes: "audit_lanes", subject: "patient_id" };
export const ownerAuditTables: AuditTables = {
  rows: "owner_audit",
  lanes: "owner_audit_lanes",
  subject: "tenant_id",
};

/** Either plane's database or transaction. */
export type AuditDb = HospitalDb | ControlDb;

/**
 * Lanes that one plane starts with. Acts take a free one each, so that no act waits for another's end; looks have
 * lanes of their own, which a process keeps.
 */
export const actLanes = 8;
export const readLanes = 16;
