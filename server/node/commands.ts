import { eq } from "drizzle-orm";
import { withSession } from "../../db/migrate-lock.ts";
import { ownerCommands } from "../../db/schema/hospital/node.ts";
import { roles } from "../../db/schema/hospital/roles.ts";
import { AppError } from "../errors.ts";
import { inviteUser } from "../hospital/users/invitations.ts";
import { resetUserPassword, settableStatuses, setUserStatus } from "../hospital/users/user-status.ts";
import { createUser, updateUser } from "../hospital/users/users.ts";
import type { HospitalContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";
import { systemHospital } from "../tenancy/system-hospital.ts";
import { placesOfNode, poolOfNode } from "./pool.ts";
import { pushToOwner, verifyWithOwner } from "./push.ts";

/** Something the owner asks, as it arrives. */
export interface OwnerCommand {
  readonly id: string;
  readonly kind: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface CommandAnswer {
  readonly outcome: "done" | "refused";
  readonly result: Readonly<Record<string, unknown>>;
}

const textOf = (input: OwnerCommand["input"], name: string): string => {
  const value = input[name];
  if (typeof value !== "string" || value === "")
    throw new AppError("invalid", "command.unreadable", `The command does not say its ${name}.`);
  return value;
};

async function roleOf(context: HospitalContext, input: OwnerCommand["input"]): Promise<string> {
  const key = textOf(input, "role");
  const [role] = await context.db.select({ id: roles.id }).from(roles).where(eq(roles.key, key));
  if (role === undefined)
    throw new AppError("invalid", "role.not-found", "There is no such role at this hospital.");
  return role.id;
}

type Doing = (
  services: Services,
  context: HospitalContext,
  input: OwnerCommand["input"],
) => Promise<Readonly<Record<string, unknown>>>;

/** What each kind does; a password on its way is sealed with the hospital's data key, which both sides hold. */
const doings: Readonly<Record<string, Doing>> = {
  async "create-user"(_, context, input) {
    const sealed = input["sealedPassword"];
    const { user, temporaryPassword } = await createUser(context, {
      name: textOf(input, "name"),
      email: textOf(input, "email"),
      roleId: await roleOf(context, input),
      ...(typeof sealed === "string" ? { password: context.hospital.vault.unseal(sealed) } : {}),
    });
    return { userId: user.id, ...told(context, temporaryPassword) };
  },
  async "invite-user"(_, context, input) {
    const roleId = await roleOf(context, input);
    const user = await inviteUser(context, {
      ...{ name: textOf(input, "name"), email: textOf(input, "email"), roleId },
    });
    return { userId: user.id };
  },
  async "reset-password"(_, context, input) {
    const { temporaryPassword } = await resetUserPassword(context, textOf(input, "userId"));
    return told(context, temporaryPassword);
  },
  async "suspend-user"(_, context, input) {
    const user = await setUserStatus(context, textOf(input, "userId"), "suspended");
    return { userId: user.id };
  },
  async "set-user-status"(_, context, input) {
    const asked = textOf(input, "status");
    const status = settableStatuses.find((known) => known === asked);
    if (status === undefined)
      throw new AppError("invalid", "command.unreadable", "The command does not say a known status.");
    const user = await setUserStatus(context, textOf(input, "userId"), status);
    return { userId: user.id };
  },
  async "set-user-role"(_, context, input) {
    const roleId = await roleOf(context, input);
    const user = await updateUser(context, textOf(input, "userId"), { roleId });
    return { userId: user.id };
  },
  async "push-now"(services) {
    const { outcome, rows, lagRows } = await pushToOwner(services);
    return { outcome, rows, lagRows };
  },
  async "verify-now"(services) {
    const { outcome, equal, tick } = await verifyWithOwner(services);
    return { outcome, equal, tick };
  },
  async reseed(services) {
    await withSession(placesOfNode(services).admin, (session) => session`select sync_want_reseed('asked')`);
    const { outcome, rows } = await pushToOwner(services);
    return { outcome, rows };
  },
};

const told = (context: HospitalContext, password: string | null) =>
  password === null ? {} : { sealedPassword: context.hospital.vault.seal(password) };

/** Kinds that write nothing a second time could double; the others are claimed in their own transaction. */
const repeatable = new Set(["push-now", "verify-now", "reseed"]);

/** Thrown inside the claim's transaction: the command was done before. */
class DoneBefore extends Error {}

/**
 * Does what the owner asks, once: its id is claimed in the very transaction of what it does. Asked again, the first
 * answer is given. The row travels to the copy with the others.
 */
// open: the owner's people were authorized where they asked; the command came over the signed link
export async function doCommand(services: Services, command: OwnerCommand): Promise<CommandAnswer> {
  const before = await answerOf(services, command.id);
  if (before !== null) return before;
  const hospital = await theHospital(services);
  const plain = systemHospital(services, hospital, "command: owner");
  const doing = doings[command.kind];
  const row = { id: command.id, kind: command.kind, at: services.clock.now() };
  const claimed: HospitalContext = repeatable.has(command.kind)
    ? plain
    : {
        ...plain,
        write: (work) =>
          plain.write(async (tx) => {
            const made = await tx
              .insert(ownerCommands)
              .values({ ...row, outcome: "done", result: {} })
              .onConflictDoNothing()
              .returning({ id: ownerCommands.id });
            if (made.length === 0) throw new DoneBefore();
            return work(tx);
          }),
      };
  let answer: CommandAnswer;
  try {
    if (doing === undefined)
      throw new AppError("unsupported", "command.unknown", "This server does not know that command yet.");
    answer = { outcome: "done", result: await doing(services, claimed, command.input) };
  } catch (error) {
    if (error instanceof DoneBefore)
      return (await answerOf(services, command.id)) ?? { outcome: "done", result: {} };
    if (!(error instanceof AppError)) throw error;
    answer = { outcome: "refused", result: { code: error.code, message: error.message } };
  }
  await poolOfNode(services)
    .db.insert(ownerCommands)
    .values({ ...row, ...answer })
    .onConflictDoUpdate({ target: ownerCommands.id, set: answer });
  return answer;
}

async function answerOf(services: Services, id: string): Promise<CommandAnswer | null> {
  const [row] = await poolOfNode(services).db.select().from(ownerCommands).where(eq(ownerCommands.id, id));
  return row === undefined ? null : { outcome: row.outcome, result: row.result };
}

async function theHospital(services: Services) {
  const door = await services.resolver.door("");
  if (door?.portal !== "hospital") throw new Error("This server has no hospital.");
  return door.hospital;
}
