import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FilesOwn } from "../../server/files/channel.ts";
import { type FileFolder, type FileName, fileFolder } from "../../server/files/folder.ts";
import { sha256Of } from "../../server/files/piece.ts";

/** Bytes that are no others: a text would be packed to nothing. */
export function someBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536)
    crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
  return bytes;
}

export const nameOf = (content: Uint8Array): FileName => ({
  sha256: sha256Of(content),
  bytes: content.length,
});

export interface ScratchFolder {
  readonly root: string;
  readonly folder: FileFolder;
  /** Where a file of this name lies, or would. */
  at(sha256: string): string;
  remove(): void;
}

export function scratchFolder(): ScratchFolder {
  const root = mkdtempSync(join(tmpdir(), "wardline-files-"));
  const id = Bun.randomUUIDv7();
  return {
    root,
    folder: fileFolder(root, id),
    at: (sha256) => join(root, id, sha256.slice(0, 2), sha256),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Files as rows would name them, without a database. */
export function ownOf(
  folder: FileFolder,
  files: readonly FileName[],
): FilesOwn & { readonly copied: Set<string> } {
  const copied = new Set<string>();
  const sorted = [...files].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const page = (after: string, limit: number) =>
    sorted.filter(({ sha256 }) => sha256 > after).slice(0, limit);
  return {
    ...{ folder, copied },
    named: async (after, limit) => page(after, limit),
    waiting: async (after, limit) =>
      sorted.filter(({ sha256 }) => sha256 > after && !copied.has(sha256)).slice(0, limit),
    async noteCopied(names) {
      for (const name of names) copied.add(name);
    },
    async forgetCopied(names) {
      for (const name of names) copied.delete(name);
    },
  };
}
