import { createConnections } from "../../db/connect.ts";
import { grantHospital } from "../../db/grants.ts";
import { withSession } from "../../db/migrate-lock.ts";
import type { HospitalDb } from "../../db/planes.ts";
import { AppError } from "../errors.ts";
import type { FillBase } from "../sync/fill.ts";
import { on, type Session } from "../sync/sides.ts";
import { type Equalised, equaliseTables } from "./equalise.ts";
import { fetchOwnersFiles } from "./files.ts";
import type { NodeFoundation } from "./foundation.ts";
import { type JoinAsked, keyed, known, register } from "./join-register.ts";
import type { OwnerLink } from "./owner-link.ts";
import { linkOf, noteNodeState } from "./state.ts";

export interface JoinOutcome {
  readonly subdomain: string;
  readonly tenantId: string;
  readonly rows: number;
  /** The newest instant of what the owner's side held. */
  readonly asOf: Date | null;
  readonly already: boolean;
}

/**
 * Makes this server a hospital's own: registers its key, fetches who it is and all rows while the hospital goes on
 * working at the owner's, ends the writing there, fetches what changed meanwhile, proves equal, and takes the writer
 * epoch. Each step is noted; killed at any point and run again, it goes on.
 * @throws AppError in words for the person at the keyboard; OwnerAway.
 */
export async function joinOwner(
  foundation: NodeFoundation,
  asked: JoinAsked,
  say: (text: string) => void = () => {},
): Promise<JoinOutcome> {
  const connections = createConnections({ control: null });
  try {
    const { db } = connections.hospital(foundation.admin);
    return await goOn(foundation, db, asked, say);
  } finally {
    await connections.close();
  }
}

async function goOn(
  foundation: NodeFoundation,
  db: HospitalDb,
  asked: JoinAsked,
  say: (text: string) => void,
): Promise<JoinOutcome> {
  let state = await keyed(foundation, db, asked);
  if (state.stage === "retired")
    throw new AppError(
      "conflict",
      "node.retired",
      "Another server has taken this one's place. What was not sent is still here; begin anew with an empty data directory.",
    );
  const already = state.stage === "joined";
  if (state.stage === "keyed") {
    await register(foundation, db, state, asked);
    state = await known(db);
    say(`Registered as the server of ${state.subdomain}.`);
  }
  const link = linkOf(state, foundation.keyring);
  let rows = 0;
  let asOf: Date | null = null;
  const progress = (done: Equalised) =>
    `${done.rows} rows in ${done.tables} tables, ${done.fetched} of them fetched.`;
  const fetchRows = () =>
    withSession(foundation.admin, async (session) => {
      await on("primary", session`select sync_become('copy') from sync_state where role <> 'copy'`);
      return equaliseTables(session, link, (table, so) => say(`\r${so} rows compared, at ${table} `));
    });
  if (state.stage === "registered") {
    say(progress(await fetchRows()));
    // Those that are not here yet when the hospital moves follow while it works.
    const files = await fetchOwnersFiles(db, asked.env, link, state.tenantId ?? "", filesWithinMs);
    say(`${files.files} files fetched, ${files.missing} not to be had.`);
    await noteNodeState(db, { stage: "copied" });
    state = await known(db);
  }
  if (state.stage === "copied") {
    const told = JSON.parse((await link.send("/hand-over", "{}", { timeoutMs: 120_000 })).text) as {
      asOf: string | null;
    };
    asOf = told.asOf === null ? null : new Date(told.asOf);
    await noteNodeState(db, { stage: "frozen" });
    say("The owner's server now shows this hospital read-only.");
    state = await known(db);
  }
  if (state.stage === "frozen") {
    const done = await fetchRows();
    rows = done.rows;
    say(progress(done));
    const sequences = (await link.send("/source/sequences", "{}")).text;
    await withSession(foundation.admin, (session) => becomeWriter(session, sequences));
    await grantHospital(foundation.admin, foundation.app.user, "primary");
    state = await known(db);
  }
  if (state.stage === "primary") {
    await takeEpoch(foundation, link);
    await noteNodeState(db, { stage: "joined", heardAt: new Date() });
    say("This server is the hospital's writer now.");
    state = await known(db);
  }
  return { subdomain: state.subdomain ?? "", tenantId: state.tenantId ?? "", rows, asOf, already };
}

/** Files fetched before the hospital's writing ends at the owner's; the rest follows behind. */
const filesWithinMs = 4 * 60 * 60_000;

/** Numbers issued from here on lie past any that may have been issued and not been told of. */
const numbersApart = 1_000;

/**
 * From a copy that is equal to the hospital's writer, with nobody writing anywhere. One transaction: the stage says
 * that it is done. The base tick is where the owner's copy stands, so nothing has to be sent again.
 */
async function becomeWriter(session: Session, sequences: string): Promise<void> {
  await session.unsafe("begin");
  await session`select sync_move_sequences(${sequences}::text::jsonb, ${numbersApart})`;
  await session`select sync_become('primary')`;
  await session`select sync_cut_tick('0')`;
  await session`
    update sync_state set acked_tick = (select max(id) from sync_tick), acked_at = clock_timestamp(),
      reseed_wanted = null, capture_after = null`;
  await session`delete from sync_refill`;
  await session`update node_state set stage = 'primary', updated_at = now()`;
  await session.unsafe("commit");
}

async function takeEpoch(foundation: NodeFoundation, link: OwnerLink): Promise<void> {
  const [base] = await withSession(
    foundation.admin,
    (session) => session<FillBase[]>`
      select s.incarnation, t.id::float8 as tick, t.mark, t.at::text as at
      from sync_state s, sync_tick t order by t.id limit 1`,
  );
  if (base === undefined) throw new Error("This server has become the writer and has no tick.");
  await link.send("/writer", JSON.stringify(base));
}
