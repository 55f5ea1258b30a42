import { AppError } from "../errors.ts";
import type { FilesAway } from "../files/channel.ts";
import type { FileName } from "../files/folder.ts";
import { receiveInto } from "../files/receive.ts";
import { namedBeside } from "../files/rows.ts";
import { filesHere } from "../files/sides.ts";
import { fenced } from "../owner/nodes/nodes.ts";
import type { Node } from "../owner/nodes/tokens.ts";
import { withCopy } from "../sync/copy-sessions.ts";
import type { Services } from "../tenancy/services.ts";
import { copyPlaceOf } from "./on-site.ts";

/** The files beside the database here that holds a hospital's rows. */
async function sideOf(services: Services, node: Node): Promise<FilesAway> {
  const place = await copyPlaceOf(services, node.tenantId);
  const named = namedBeside((work) => withCopy(place, work));
  return receiveInto(filesHere(services.env, node.tenantId), named);
}

/** The hospital's writer alone may send. @throws AppError conflict (409) `sync.fenced`. */
function requireWriter(node: Node): void {
  if (node.status !== "active" || node.incarnation === null) throw fenced();
}

/** Bytes that are here of each file; null where the rows that name it have not arrived. */
// open: asked by the hospital's server, which has proved who it is
export async function filesArrived(
  services: Services,
  node: Node,
  files: readonly FileName[],
): Promise<readonly (number | null)[]> {
  return (await sideOf(services, node)).arrived(files);
}

/** Takes the next piece of a file. @throws AppError conflict (409) `sync.fenced`, `files.unnamed`; malformed (400). */
// open: asked by the hospital's server, which has proved who it is
export async function takeFilePiece(
  services: Services,
  node: Node,
  file: FileName,
  offset: number,
  piece: { readonly bytes: Uint8Array; readonly sum: string },
): Promise<number> {
  requireWriter(node);
  return (await sideOf(services, node)).take(file, offset, piece.bytes, piece.sum);
}

/** Gives a piece of a file to the hospital's server that joins, or has lost it. @throws AppError not-found (404). */
// open: asked by the hospital's server, which has proved who it is
export async function giveFilePiece(
  services: Services,
  node: Node,
  file: FileName,
  offset: number,
): Promise<Uint8Array> {
  const piece = await (await sideOf(services, node)).give(file, offset);
  if (piece === null) throw new AppError("not-found", "files.not-here", "This file is not here.");
  return piece;
}

/** Takes away what no row names any more. @throws AppError conflict (409) `sync.fenced`. */
// open: asked by the hospital's server, which has proved who it is
export async function sweepFilesHere(services: Services, node: Node): Promise<number> {
  requireWriter(node);
  return (await sideOf(services, node)).sweep();
}
