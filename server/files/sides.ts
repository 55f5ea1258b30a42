import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Env } from "../env.ts";
import { onDisk } from "./disk.ts";
import { type FileFolder, fileFolder } from "./folder.ts";

type Roots = Pick<Env, "dataDir" | "filesCopyDir">;

/** A hospital's files where it is worked, or read, by this process. */
export function filesHere(env: Roots, tenantId: string): FileFolder {
  return fileFolder(join(env.dataDir, "files", "local"), tenantId);
}

/** The copy of them, beside the hospital's online copy. */
export function filesOnline(env: Roots, tenantId: string): FileFolder {
  return fileFolder(env.filesCopyDir, tenantId);
}

/** Takes away every file of a hospital that is erased, on both sides. @throws AppError unavailable (503). */
export async function eraseHospitalFiles(env: Roots, tenantId: string): Promise<void> {
  if (!/^[0-9a-f-]{36}$/.test(tenantId)) throw new Error("This is not the id of a hospital.");
  for (const root of [env.filesCopyDir, join(env.dataDir, "files", "local")])
    await onDisk(() => rm(join(root, tenantId), { recursive: true, force: true }));
}
