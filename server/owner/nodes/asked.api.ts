import { json } from "../../http/reply.ts";
import type { NodeCommand } from "./commands.ts";

/** A command as it is told. What is sealed stays here. */
export function toldOfCommand({ id, kind, createdAt, fetchedAt, endedAt, outcome, result }: NodeCommand) {
  const { sealedPassword, ...open } = result ?? {};
  return {
    ...{ id, kind, createdAt, fetchedAt, endedAt, outcome, result: result === null ? null : open },
    hasPassword: sealedPassword !== undefined,
  };
}

/** The JSON answer to what a hospital's own server was asked: 202, with the command's id. */
export function asked(command: NodeCommand): Response {
  const location = `/api/v1/owner/tenants/${command.tenantId}/node-commands`;
  return json(toldOfCommand(command), 202, { location });
}
