import type { Client } from "../../support/client.ts";
import { patientsPath } from "../patients/support.ts";

export const documentsPath = "/api/v1/tenant/documents";

const text = (words: string) => new TextEncoder().encode(words);

export const aPdf = (mark = ""): Uint8Array<ArrayBuffer> => text(`%PDF-1.4\n% ${mark}\n%%EOF\n`);
/** One clear point. */
export const aPng = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(
    Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
      "base64",
    ),
  );

export interface DocumentAnswer {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly deletedAt: string | null;
  readonly version: number;
}

export function formOf(
  content: Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>> = {},
  name = "scan.pdf",
): FormData {
  const form = new FormData();
  form.set("file", new File([content], name));
  for (const [field, value] of Object.entries({ kind: "letter", ...fields })) form.set(field, value);
  return form;
}

export function send(
  client: Client,
  patientId: string,
  content: Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>> = {},
  name?: string,
): Promise<Response> {
  return client.send(`${patientsPath}/${patientId}/documents`, { body: formOf(content, fields, name) });
}

/** Adds by the API; fails where that is refused. */
export async function addTo(
  client: Client,
  patientId: string,
  content: Uint8Array<ArrayBuffer>,
  fields: Readonly<Record<string, string>> = {},
  name?: string,
): Promise<DocumentAnswer> {
  const answer = await send(client, patientId, content, fields, name);
  if (answer.status !== 201) throw new Error(`Adding answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as DocumentAnswer;
}
