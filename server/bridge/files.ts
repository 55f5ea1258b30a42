import { and, inArray, isNotNull } from "drizzle-orm";
import pLimit from "p-limit";
import { tenants } from "../../db/schema/control/tenants.ts";
import {
  type Checked,
  checkFiles,
  type Fetched,
  type FilesAway,
  type FilesOwn,
  fetchFiles,
  type Sent,
  sendFiles,
} from "../files/channel.ts";
import { receiveInto } from "../files/receive.ts";
import { countFiles, type FileCounts, namedBeside, ownFiles, sweepOwn } from "../files/rows.ts";
import { filesHere, filesOnline } from "../files/sides.ts";
import { activeNodeOf, hostedHere } from "../owner/nodes/nodes.ts";
import { withCopy } from "../sync/copy-sessions.ts";
import type { Services } from "../tenancy/services.ts";
import { notBeingRestored } from "./restore-record.ts";
import { type Found, Rhythm } from "./rhythm.ts";
import { placesOf } from "./tenant-places.ts";

type Needs = Pick<Services, "connections" | "keyring" | "clock" | "log" | "env">;

interface BothSides {
  readonly own: FilesOwn;
  readonly away: FilesAway;
  /** Takes away here what no row names any more. */
  sweep(): Promise<number>;
}

/** A hosted hospital's files and their copy, both within reach of this process; null where it has no copy. */
async function sidesOf(services: Needs, tenantId: string): Promise<BothSides | null> {
  const { hospital, copyAdmin } = await placesOf(services, tenantId);
  if (copyAdmin === null) return null;
  const pool = services.connections.hospital(hospital.place);
  const folder = filesHere(services.env, tenantId);
  const named = namedBeside((work) => withCopy(copyAdmin, work));
  return {
    own: ownFiles(pool.db, folder, () => services.clock.now()),
    away: receiveInto(filesOnline(services.env, tenantId), named),
    sweep: () => sweepOwn(pool, folder, services.clock.now()),
  };
}

const figureWithinMs = 1_000;
const turnMs = 20_000;
/** A restore's turn ends with the restore's own step: it goes on where it was. */
const restoreTurnMs = 60 * 60_000;

/** Sends a hosted hospital's files to the copy beside its online copy, for a while. */
// open: called by the job, the command line and tests
export async function copyFiles(
  services: Needs,
  tenantId: string,
  signal?: AbortSignal,
): Promise<Sent | null> {
  const sides = await sidesOf(services, tenantId);
  return sides === null ? null : sendFiles(sides.own, sides.away, { budgetMs: turnMs, signal });
}

/** Asks of every file whether the copy has it, and takes away on both sides what no row names. */
// open: called by the job, the command line and tests
export async function tidyFiles(
  services: Needs,
  tenantId: string,
  signal?: AbortSignal,
): Promise<(Checked & { readonly swept: number }) | null> {
  const sides = await sidesOf(services, tenantId);
  if (sides === null) return null;
  const swept = (await sides.sweep()) + (await sides.away.sweep());
  // What the disk here has lost and the copy has comes back.
  await fetchFiles(sides.own, sides.away, { budgetMs: turnMs, signal });
  return { ...(await checkFiles(sides.own, sides.away, signal)), swept };
}

/** Fetches from the copy what the rows of a restored hospital name. */
// open: a step of a restore, which has authorized
export async function restoreFiles(
  services: Needs,
  tenantId: string,
): Promise<Fetched & { readonly named: number }> {
  const sides = await sidesOf(services, tenantId);
  if (sides === null) return { files: 0, bytes: 0, missing: 0, more: false, named: 0 };
  const fetched = await fetchFiles(sides.own, sides.away, { budgetMs: restoreTurnMs });
  const { named } = await checkFiles(sides.own, sides.away);
  return { ...fetched, named };
}

/** Asks of every file of a hospital that works here whether the copy has it; null where that is not to be known here. */
// open: called by the command line
export async function checkCopiedFiles(services: Needs, tenantId: string): Promise<Checked | null> {
  if ((await activeNodeOf(services.connections.control.db, tenantId)) !== null) return null;
  const sides = await sidesOf(services, tenantId);
  return sides === null ? null : checkFiles(sides.own, sides.away);
}

/** How many files a hospital that works here has, and how many are copied; null where that is not known here. */
// open: a figure inside pages and commands that have authorized
export async function filesOf(services: Needs, tenantId: string): Promise<FileCounts | null> {
  const { hospital, copyAdmin } = await placesOf(services, tenantId);
  if (copyAdmin === null || (await activeNodeOf(services.connections.control.db, tenantId)) !== null)
    return null;
  const counted = countFiles(services.connections.hospital(hospital.place).db).catch(() => null);
  // A database that is away has no figure, and no page waits for it: it says elsewhere that it is.
  return Promise.race([counted, Bun.sleep(figureWithinMs).then(() => null)]);
}

const atOnce = 2;
const tidyEveryMs = 60 * 60_000;
const sending = new Rhythm();
const tidying = new Rhythm();

/**
 * Sends the files of every hosted hospital that is due: a busy one at each turn, a quiet or unreachable one less
 * often; once an hour each is asked about all of them. One hospital's trouble keeps nobody else waiting.
 */
// open: called by the files job alone
export async function copyDueFiles(
  services: Needs,
  signal: AbortSignal,
): Promise<{ readonly hospitals: number; readonly files: number; readonly bytes: number }> {
  const living = await services.connections.control.db
    .select({ id: tenants.id })
    .from(tenants)
    .where(
      and(
        inArray(tenants.status, ["active", "suspended", "archived"]),
        isNotNull(tenants.copyServerId),
        hostedHere(),
        notBeingRestored(),
      ),
    );
  const ids = living.map(({ id }) => id);
  const begun = services.clock.now();
  const due = sending.due(ids, begun);
  const untidy = tidying.due(ids, begun);
  let files = 0;
  let bytes = 0;
  await pLimit(atOnce).map([...due], async (id) => {
    if (signal.aborted) return;
    const tidies = untidy.has(id);
    const sent = await copyUnlessBroken(services, id, tidies, signal);
    files += sent?.files ?? 0;
    bytes += sent?.bytes ?? 0;
    sending.found(id, foundBy(sent), services.clock.now());
    if (tidies && sent !== null) tidying.again(id, tidyEveryMs, begun);
  });
  return { hospitals: due.size, files, bytes };
}

function foundBy(sent: Sent | null): Found {
  if (sent === null) return "troubled";
  if (sent.more) return "unfinished";
  return sent.files > 0 ? "busy" : "quiet";
}

const nothing: Sent = { files: 0, bytes: 0, missing: 0, more: false };

async function copyUnlessBroken(
  services: Needs,
  tenantId: string,
  tidies: boolean,
  signal: AbortSignal,
): Promise<Sent | null> {
  try {
    const tidied = tidies ? await tidyFiles(services, tenantId, signal) : null;
    if (tidied !== null && tidied.missing > 0)
      services.log.error(
        { tenantId, missing: tidied.missing },
        "Files that a hospital's records name are not on its disk, nor in the copy",
      );
    return (await copyFiles(services, tenantId, signal)) ?? nothing;
  } catch (error) {
    services.log.error({ err: error, tenantId }, "A hospital's files could not be copied");
    return null;
  }
}
