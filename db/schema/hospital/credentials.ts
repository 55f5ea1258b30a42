import {
  credentialLinkTable,
  mailOutboxTable,
  passwordHistoryTable,
  passwordPolicyTable,
  recoveryRequestTable,
} from "../credentials.ts";
import { users } from "./users.ts";

export const passwordPolicy = passwordPolicyTable();
export const passwordHistory = passwordHistoryTable(() => users.id);
export const credentialLinks = credentialLinkTable(() => users.id);
export const recoveryRequests = recoveryRequestTable();
export const mailOutbox = mailOutboxTable();
