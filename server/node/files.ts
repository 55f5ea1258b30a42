import type { HospitalDb } from "../../db/planes.ts";
import type { Env } from "../env.ts";
import { AppError } from "../errors.ts";
import {
  checkFiles,
  type Fetched,
  type FilesAway,
  fetchFiles,
  type Sent,
  sendFiles,
} from "../files/channel.ts";
import { sha256Of } from "../files/piece.ts";
import { ownFiles, sweepOwn } from "../files/rows.ts";
import { filesHere } from "../files/sides.ts";
import type { Services } from "../tenancy/services.ts";
import type { OwnerLink } from "./owner-link.ts";
import { poolOfNode } from "./pool.ts";
import { linkOf, readNodeState, requireJoined } from "./state.ts";

/** A megabyte over a slow line. */
const pieceWithinMs = 120_000;
const sweepWithinMs = 10 * 60_000;

/** The files beside the copy behind the owner's server. */
export function filesBehind(link: OwnerLink): FilesAway {
  const ask = async <T>(path: string, value: unknown, timeoutMs = 60_000, packed = false): Promise<T> =>
    JSON.parse((await link.send(`/files${path}`, JSON.stringify(value), { timeoutMs, packed })).text) as T;
  return {
    async arrived(files) {
      const asked = files.map(({ sha256, bytes }) => ({ sha256, bytes }));
      return (await ask<{ arrived: readonly (number | null)[] }>("/state", { files: asked })).arrived;
    },
    async take({ sha256, bytes }, offset, content, sum) {
      // Packed, base64 costs hardly more than the bytes themselves.
      const piece = Buffer.from(content).toString("base64");
      const value = { sha256, bytes, offset, sum, piece };
      return (await ask<{ arrived: number }>("/pieces", value, pieceWithinMs, true)).arrived;
    },
    async give({ sha256, bytes }, offset) {
      try {
        const { piece, sum } = await ask<{ piece: string; sum: string }>(
          "/source",
          { sha256, bytes, offset },
          pieceWithinMs,
        );
        const content = new Uint8Array(Buffer.from(piece, "base64"));
        if (sha256Of(content) === sum) return content;
        throw new AppError("unavailable", "files.damaged", "A piece of a file was damaged on its way.");
      } catch (error) {
        if (error instanceof AppError && error.code === "files.not-here") return null;
        throw error;
      }
    },
    sweep: async () => (await ask<{ gone: number }>("/sweep", {}, sweepWithinMs)).gone,
  };
}

/** Fetches what the rows of a server that joins name; a file that is nowhere is told of and keeps nothing waiting. */
export async function fetchOwnersFiles(
  db: HospitalDb,
  env: Pick<Env, "dataDir" | "filesCopyDir">,
  link: OwnerLink,
  tenantId: string,
  budgetMs: number,
): Promise<Fetched> {
  const own = ownFiles(db, filesHere(env, tenantId), () => new Date());
  return fetchFiles(own, filesBehind(link), { budgetMs });
}

const turnMs = 60_000;
const tidyEveryMs = 60 * 60_000;
const longestPauseMs = 60_000;
let tidyAt = 0;
let dueAt = 0;
let pauseMs = 0;

const none: Sent = { files: 0, bytes: 0, missing: 0, more: false };

/**
 * Sends this hospital's files to the copy behind the owner's server; once an hour asks about all of them, fetches
 * what this disk lacks, and has taken away what no row names. Without a link they wait here, asked less and less.
 */
// open: called by the files job of a hospital's own server
export async function filesToOwner(services: Services, signal?: AbortSignal): Promise<Sent> {
  const now = performance.now();
  if (now < dueAt) return none;
  const state = requireJoined(await readNodeState(poolOfNode(services).db));
  if (state.stage === "retired") return none;
  const pool = poolOfNode(services);
  const folder = filesHere(services.env, state.tenantId);
  const own = ownFiles(pool.db, folder, () => services.clock.now());
  const away = filesBehind(linkOf(state, services.keyring));
  try {
    if (now >= tidyAt) {
      await sweepOwn(pool, folder, services.clock.now());
      await fetchFiles(own, away, { budgetMs: turnMs, signal });
      const { missing } = await checkFiles(own, away, signal);
      if (missing > 0)
        services.log.error({ missing }, "Files that records name are neither here nor in the copy");
      await away.sweep();
      tidyAt = now + tidyEveryMs;
    }
    const sent = await sendFiles(own, away, { budgetMs: turnMs, signal });
    pauseMs = 0;
    return sent;
  } catch (error) {
    pauseMs = Math.min(Math.max(pauseMs, 1_000) * 2, longestPauseMs);
    dueAt = now + pauseMs * (0.5 + Math.random() / 2);
    services.log.warn({ err: error }, "Files wait for the owner's server");
    return none;
  }
}
