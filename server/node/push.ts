import type { SyncReport, VerifyReport } from "../sync/report.ts";
import type { Services } from "../tenancy/services.ts";
import type { Carrier, Errand } from "./carrier.ts";
import { placesOfNode, poolOfNode } from "./pool.ts";
import { linkPartsOf, noteNodeState, readNodeState, requireJoined } from "./state.ts";

async function errandOf(
  services: Services,
): Promise<{ readonly carrier: Carrier; readonly errand: Omit<Errand, "kind"> }> {
  const state = requireJoined(await readNodeState(poolOfNode(services).db));
  const { admin, carrier } = placesOfNode(services);
  if (carrier === null) throw new Error("Nothing is sent from this process.");
  return { carrier, errand: { place: admin, link: linkPartsOf(state, services.keyring) } };
}

/** Sends this hospital's changes to its copy behind the owner's server. Without a link they wait here. */
// open: called by jobs and by commands of the owner
export async function pushToOwner(services: Services): Promise<SyncReport> {
  const { carrier, errand } = await errandOf(services);
  const report = await carrier.push(errand);
  const code = report.parked?.code;
  if (code === "node.revoked" || code === "fenced") await retire(services);
  return report;
}

/** Proves that the copy equals this database, table by table at one instant. */
// open: called by jobs and by commands of the owner
export async function verifyWithOwner(services: Services): Promise<VerifyReport> {
  const { carrier, errand } = await errandOf(services);
  return carrier.verify(errand);
}

/** Another server has this one's place: nothing is changed here any more, and what was not sent is kept. */
// open: called where the owner said so over the signed link
export async function retire(services: Services): Promise<void> {
  const { db } = poolOfNode(services);
  const state = await readNodeState(db);
  if (state === null || state.stage === "retired") return;
  await noteNodeState(db, { stage: "retired" });
  services.resolver.forget();
  services.log.error("The owner takes nothing from this server any more: it is not the hospital's now");
}
