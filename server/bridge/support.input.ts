import { type Static, t } from "elysia";
import { supportMinutes } from "../hospital/support/support.input.ts";
import { line, wholeNumber } from "../input.ts";

const bounds = { minimum: supportMinutes.least, maximum: supportMinutes.most };
const reason = line(500, { min: 10 });

/** What an operator asks of a hospital. */
export const askInput = t.Object({ reason, minutes: wholeNumber(bounds) });
export type AskInput = Static<typeof askInput>;
export const askForm = t.Object({ reason, minutes: t.Integer(bounds) });
