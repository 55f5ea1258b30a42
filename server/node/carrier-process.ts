/**
 * Main file of the process that carries a hospital's changes to the owner's server. It knows the engine and the link
 * and nothing else of the app, so that a backlog of any size weighs on neither the memory nor the pages of the app.
 * It ends with the process that started it.
 */
import { yieldToOthers } from "../priority.ts";
import { pushByChunks } from "../sync/chunks-push.ts";
import { verifyByChunks } from "../sync/chunks-verify.ts";
import type { CarrierTask, CarrierWord } from "./carrier.ts";
import { createOwnerLink } from "./owner-link.ts";
import { copyBehind } from "./wire.ts";

/** Within the time that the job has which asked. */
const budgetMs = 4 * 60_000;

async function carry({ id, kind, place, link }: CarrierTask): Promise<CarrierWord> {
  try {
    const wire = copyBehind(createOwnerLink(link));
    const report = await (kind === "push"
      ? pushByChunks(place, wire, { budgetMs })
      : verifyByChunks(place, wire));
    return { id, report };
  } catch (error) {
    return { id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// Pages come first, and whoever signs in.
yieldToOthers(15);
process.on("message", (task: CarrierTask) => {
  void carry(task).then((word) => process.send?.(word));
});
process.on("disconnect", () => process.exit(0));
