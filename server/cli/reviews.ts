import { reviewInput } from "../hospital/privacy/privacy.input.ts";
import { type GlassBreak, listGlassBreaks, reviewGlassBreak } from "../hospital/privacy/reviews.ts";
import { choice, needed, readArguments } from "./arguments.ts";
import { asJson, type Command, listed, table } from "./command.ts";
import { checked } from "./options.ts";
import { insideHospital } from "./place.ts";

const text = { type: "string" } as const;
const verdicts = ["justified", "not-justified"] as const;

const header = ["ID", "WHEN", "RECORD", "WHO", "REASON", "STATE"];

const rowOf = (one: GlassBreak): readonly string[] => [
  ...[one.id, one.brokenAt.toISOString(), one.mrn, one.userName, one.reason],
  one.overdue ? "overdue" : one.verdict,
];

const list: Command = {
  name: "privacy:reviews",
  summary: "List openings of restricted records that wait for a review",
  usage: `wardline privacy:reviews --hospital SUBDOMAIN [--json]

  The latest hundred, by record number. Exit code 0: none is overdue, seven days after the opening. 1: one is.`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const { items } = await listGlassBreaks(context, { state: "pending", limit: 100 });
    io.out(given.json ? asJson(items) : listed(header, items.map(rowOf), "Nothing waits for a review."));
    return items.some(({ overdue }) => overdue) ? 1 : 0;
  },
};

const review: Command = {
  name: "privacy:review",
  summary: "Say whether an opening of a restricted record was justified",
  usage: `wardline privacy:review --hospital SUBDOMAIN --id ID --verdict VERDICT --note TEXT [--json]

  A later verdict counts in place of an earlier one; both are on record as the command line's.

  --id ID            privacy:reviews tells the ids
  --verdict VERDICT  justified or not-justified
  --note TEXT        why; it is kept with the opening`,
  async run(services, args, io) {
    const given = readArguments(args, { hospital: text, id: text, verdict: text, note: text });
    const id = needed("id", given.id);
    const input = checked(reviewInput, {
      verdict: choice("verdict", needed("verdict", given.verdict), verdicts),
      note: given.note ?? needed("note", undefined),
    });
    const context = await insideHospital(services, needed("hospital", given.hospital));
    const one = await reviewGlassBreak(context, id, input);
    io.out(given.json ? asJson(one) : table([header, rowOf(one)]));
    return 0;
  },
};

export const reviewCommands: readonly Command[] = [list, review];
