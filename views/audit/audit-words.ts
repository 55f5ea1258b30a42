import type { AuditRow } from "../../server/audit/list.ts";
import type { Messages } from "../messages/en.ts";

/** An event in words: what it is about, and what was done. A name that has no words yet stands as it is. */
export function eventWords(t: Messages, event: string): { readonly about: string; readonly act: string } {
  const [subject = "", act = ""] = event.split(".");
  const subjects: Readonly<Record<string, string>> = t.audit.subjects;
  const acts: Readonly<Record<string, string>> = t.audit.acts;
  return { about: subjects[subject] ?? subject, act: acts[act] ?? act };
}

/** What a row names beside its event: the part looked at, how many were shown, the fields changed, how often at once. */
export function detailWords(t: Messages, { details }: Pick<AuditRow, "details">): string {
  const { times } = Object(details) as { times?: unknown };
  const often = typeof times === "number" ? t.audit.times(times) : "";
  return [partWords(t, details), often].filter((words) => words !== "").join(" · ");
}

function partWords(t: Messages, details: AuditRow["details"]): string {
  if (details === null) return "";
  const parts: Readonly<Record<string, string>> = t.audit.parts;
  const fieldNames: Readonly<Record<string, string>> = t.patients.fields;
  const { part, shown, fields } = details as { part?: unknown; shown?: unknown; fields?: unknown };
  if (typeof part === "string") return parts[part] ?? part;
  if (typeof shown === "number") return t.audit.shown(shown);
  if (Array.isArray(fields))
    return fields.map((field) => fieldNames[String(field)] ?? String(field)).join(", ");
  return "";
}

/**
 * Who acted, in words. Where nobody sat, the row's name begins with what part of the product it was, then perhaps
 * for whom: "job:tenants.erase-due", "support: Olga Owner". Somebody who accepts an invitation stands by name.
 */
export function actorWords(
  t: Messages,
  row: Pick<AuditRow, "actorKind" | "actorName" | "event">,
): { readonly name: string; readonly kind: string } {
  const { audit } = t;
  if (row.actorKind === "key") return { name: row.actorName, kind: audit.program };
  if (row.actorKind === "support") return { name: row.actorName, kind: audit.support };
  if (row.actorKind !== "system" || row.event.endsWith(".invitation-accepted"))
    return { name: row.actorName, kind: "" };
  const systems: Readonly<Record<string, string>> = audit.systems;
  const [, part = "", whom = ""] = /^([a-z-]+)(?::\s*(.*))?$/.exec(row.actorName) ?? [];
  const words = systems[part];
  if (words === undefined) return { name: row.actorName, kind: audit.system };
  if (part === "job") return { name: words, kind: whom };
  if (whom === "" || systems[whom] !== undefined) return { name: systems[whom] ?? words, kind: audit.system };
  return { name: whom, kind: words };
}
