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
