import {
  credentialLinkTable,
  mailOutboxTable,
  passwordHistoryTable,
  passwordPolicyTable,
  recoveryRequestTable,
} from "../credentials.ts";
import { operators } from "./operators.ts";

export const passwordPolicy = passwordPolicyTable();
export const passwordHistory = passwordHistoryTable(() => operators.id);
export const credentialLinks = credentialLinkTable(() => operators.id);
export const recoveryRequests = recoveryRequestTable();
export const mailOutbox = mailOutboxTable();
