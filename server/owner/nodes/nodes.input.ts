import { t } from "elysia";
import { line, oneOf } from "../../input.ts";
import { nodeCommandKinds } from "./commands.ts";

const instant = () => t.String({ format: "date-time" });
const orNull = <T extends ReturnType<typeof t.String>>(form: T) => t.Union([form, t.Null()]);

export const tokenAnswer = t.Object({
  id: t.String(),
  token: t.String({ description: "Told once. Taken once, within 24 hours." }),
  expiresAt: instant(),
});

export const nodeAnswer = t.Object({
  id: t.String(),
  name: t.String(),
  address: orNull(t.String()),
  status: t.Union([t.Literal("joining"), t.Literal("active"), t.Literal("revoked")]),
  joinedAt: instant(),
  lastSeenAt: orNull(instant()),
  asOf: orNull(instant()),
});

export const commandInput = t.Object(
  {
    kind: oneOf(nodeCommandKinds),
    // Read by `readCommandInput`, which knows what each kind must say.
    input: t.Optional(t.Any({ description: "An object: see above." })),
  },
  {
    description:
      "`create-user` takes name, email, role and, where wanted, password; `invite-user` the same without password; `reset-password` and `suspend-user` take userId; `set-user-status` also status, `set-user-role` also role; the others nothing.",
  },
);

export const commandAnswer = t.Object({
  id: t.String(),
  kind: t.String(),
  createdAt: instant(),
  fetchedAt: orNull(instant()),
  endedAt: orNull(instant()),
  outcome: t.Union([t.Literal("done"), t.Literal("refused"), t.Null()]),
  result: t.Union([t.Record(t.String(), t.Unknown()), t.Null()]),
  hasPassword: t.Boolean({ description: "A password was made there and waits to be told, once." }),
});

export const takeBackInput = t.Object(
  { confirmation: line(200, { description: "The hospital's name." }) },
  { additionalProperties: false },
);

export const takenBackAnswer = t.Object({ asOf: orNull(instant()) });
