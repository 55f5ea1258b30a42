import type { mediaTypes } from "../../db/schema/hospital/files.ts";

export type MediaType = (typeof mediaTypes)[number];

const starts = (content: Uint8Array, bytes: readonly number[], at = 0): boolean =>
  bytes.every((byte, index) => content[at + index] === byte);

const ascii = (text: string): readonly number[] => [...text].map((letter) => letter.charCodeAt(0));

/** Text that a browser or a shell could take for something else. */
const acts = /^\uFEFF?\s*(<|#!)/u;

function isPlainText(content: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    return text.trim() !== "" && !acts.test(text) && !/[\u0000-\u0008\u000B\u000E-\u001F\u007F]/.test(text);
  } catch {
    return false;
  }
}

/** What a file is by its own bytes, whatever it is called; null for anything that is not taken. */
export function mediaTypeOf(content: Uint8Array): MediaType | null {
  if (starts(content, ascii("%PDF-"))) return "application/pdf";
  if (starts(content, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "image/png";
  if (starts(content, [0xff, 0xd8, 0xff])) return "image/jpeg";
  if (starts(content, ascii("RIFF")) && starts(content, ascii("WEBP"), 8)) return "image/webp";
  return isPlainText(content) ? "text/plain" : null;
}
