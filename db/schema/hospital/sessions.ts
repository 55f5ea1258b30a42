import { refreshTokenTable, sessionTable } from "../sessions.ts";
import { users } from "./users.ts";

/** Not copied to the online copy: sessions are local to where one signed in. */
export const sessions = sessionTable("sessions", () => users.id);
export const refreshTokens = refreshTokenTable("refresh_tokens", () => sessions.id);
